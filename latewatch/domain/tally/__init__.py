"""The figures of a period: counting rules, where each dossier is placed, tables, identities, rates. Pure."""
