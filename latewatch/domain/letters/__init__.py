"""The apology letter: what it says, its dates, its life, its register, how it reaches people. Pure."""
