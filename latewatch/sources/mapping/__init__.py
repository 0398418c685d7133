"""An unknown layout → a proposed profile: where its header is, which fields its columns are."""
