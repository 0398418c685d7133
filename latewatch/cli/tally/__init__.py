"""`latewatch tally`: each module joins its commands to the group."""

from latewatch.cli.tally import rules
from latewatch.cli.tally.group import tally

__all__ = ["rules", "tally"]
