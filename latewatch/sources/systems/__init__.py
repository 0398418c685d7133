"""The interfaces of one-stop systems: one module a system, asked part by part."""
