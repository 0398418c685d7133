"""Apology letters: from what a letter says to the sheet that is signed."""
