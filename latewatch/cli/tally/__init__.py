"""`latewatch tally`: each module joins its commands to the group."""

from latewatch.cli.tally import freezing, frozen, rules, trend
from latewatch.cli.tally.group import tally

__all__ = ["freezing", "frozen", "rules", "tally", "trend"]
