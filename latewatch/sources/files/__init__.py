"""Spreadsheets and text files: bytes → sheets → rows → what each reports, in a process of their own."""
