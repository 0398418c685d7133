"""Figures of very many dossiers at once: what tables ask of them in columns, counted with numpy."""
