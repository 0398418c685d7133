"""`latewatch letters`: each module joins its commands to the group."""

from latewatch.cli.letters import (
    draft,
    listing,
    printing,
    reasons,
    register,
    sending,
    signing,
    steps,
    template,
)
from latewatch.cli.letters.group import letters

__all__ = [
    "draft",
    "letters",
    "listing",
    "printing",
    "reasons",
    "register",
    "sending",
    "signing",
    "steps",
    "template",
]
