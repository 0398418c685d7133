"""Integrity: what the sources told since the last look is held against what they told before."""
