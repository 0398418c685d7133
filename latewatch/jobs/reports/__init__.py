"""Reports: frozen, held against what was learned later, reconciled, due, sent."""
