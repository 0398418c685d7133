"""`latewatch reports`: each module joins its commands to the group."""

from latewatch.cli.reports import calendar, leader, sending
from latewatch.cli.reports.group import reports

__all__ = ["calendar", "leader", "reports", "sending"]
