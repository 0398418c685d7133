"""How alembic runs a migration: on the connection, and in the transaction, that `database.py` hands it."""

from alembic import context

from latewatch.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
