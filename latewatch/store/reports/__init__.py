"""Reports that were frozen, their seals, and what was sent of them."""
