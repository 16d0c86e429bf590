"""Messages as CSV and HTML."""
