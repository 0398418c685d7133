"""Letters in the store: drafts, their life, their numbers, their documents, and what was sent of them."""
