"""Figures of very many dossiers: pages of packed columns, all of it derived, and what no longer holds."""
