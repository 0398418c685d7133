"""What differs between two installations of one system: TOML data, and how it is laid over and checked."""
