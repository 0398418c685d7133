"""Tables and lists as Excel workbooks: the official form, the table per unit, the rows behind a digest."""
