"""`latewatch letters`: each command in a module of its own."""
