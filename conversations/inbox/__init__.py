"""Lists of conversations: filters, search, exact counts, and the rows of a page."""
