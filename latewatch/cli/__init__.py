"""The commands, one module each. They take the time, call jobs, and show what came of it."""
