"""`latewatch tally`: each module joins its commands to the group."""

from latewatch.cli.tally import freezing, frozen, reconciling, rules, trend
from latewatch.cli.tally.group import tally

__all__ = ["freezing", "frozen", "reconciling", "rules", "tally", "trend"]
