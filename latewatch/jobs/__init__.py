"""The jobs that join the parts. Each can run alone, run twice, be killed at any line, and run again.

poll → assess → draft_letters → digest, and tally: `now` is taken once by the caller and passed down.
"""
