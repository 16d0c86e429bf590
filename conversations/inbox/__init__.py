"""Lists of conversations: filters, search, exact counts, and the rows of a page. In the order of a request:

asked      asking reads the URL into filters, by filter_forms; saved_views keeps them under a name
found      selecting, by conditions; where a list is narrowed much: stretches, chaining, planned (all rows: matching)
searched   search, which reads search_words: people_search; message_search over the word_index, list_search in a narrowed list
counted    facets keeps exact counts by cell, and upkeep adds them up; whole, counting, totals and options read them
drawn      listing puts a page together: rows, positions, chips, menus, hints; drawing writes the rows, marking the words found
beside     beginning (the first steps of a workspace), followups (what is left today), tagging
"""
