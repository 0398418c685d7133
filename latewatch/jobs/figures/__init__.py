"""Figures over very many dossiers: counted from packed columns, with what changed since laid over them."""
