"""Where dossiers come in. One module a kind of source, one record type out; what differs is profile data."""
