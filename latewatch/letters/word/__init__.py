"""The letter as a Word document, for offices that pass it through a document system of their own."""
