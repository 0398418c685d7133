"""What is kept, and the only place that knows SQL.

What a source said is append-only (`batch`, `dossier_version`, `rejection`); `dossier` is its latest state;
`assessment` is derived and can be computed again; `letter` and `digest` are what was done about it.
"""
