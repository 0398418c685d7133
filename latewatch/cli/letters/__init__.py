"""`latewatch letters`: each module joins its commands to the group."""

from latewatch.cli.letters import (
    dossier,
    draft,
    listing,
    printing,
    reasons,
    register,
    sending,
    signing,
    steps,
    template,
    word,
)
from latewatch.cli.letters.group import letters

__all__ = [
    "dossier",
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
    "word",
]
