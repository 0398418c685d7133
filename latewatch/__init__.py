"""latewatch: deadlines, alerts, apology letters and on-time figures for a one-stop desk."""

__version__ = "0.1.0"
