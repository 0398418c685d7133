"""`latewatch reports`: each module joins its commands to the group."""

from latewatch.cli.reports import leader
from latewatch.cli.reports.group import reports

__all__ = ["leader", "reports"]
