"""An office's templates tried on made-up letters: what is missing, too long, unknown, or never ends."""
