"""The rules. Pure: the standard library only, no clock, no input or output, no SQL."""
