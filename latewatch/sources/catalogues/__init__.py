"""The catalogue of procedures, as an office has it: spreadsheets and JSON records."""
