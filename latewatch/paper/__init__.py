"""Sheets of paper from templates: what a template may read, how it becomes a PDF, how dates are written."""
