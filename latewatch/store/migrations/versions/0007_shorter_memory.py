"""Facts are kept as lists of values, which earlier releases cannot read; a row set aside keeps its code."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("rejection", sa.Column("code", sa.Text(), server_default="", nullable=False))
