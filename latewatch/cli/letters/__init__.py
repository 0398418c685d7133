"""`latewatch letters`: each module joins its commands to the group."""

from latewatch.cli.letters import draft, listing, register, sending, steps
from latewatch.cli.letters.group import letters

__all__ = ["draft", "letters", "listing", "register", "sending", "steps"]
