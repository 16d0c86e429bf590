"""People and companies: who they are, how they are reached, and whether they may be written to. Where to look:

leads      actions, queries, merge (two that are one), timeline; labels (personas, ICPs), lists (contact lists)
tables     filters and filter_bar, search, selection (what is ticked, or all that match)
addresses  addresses (their one stored form; plain_numbers is its fast path), availability (who has iMessage), checks (asking)
consent    read from a reply by keywords and consent_phrases; kept by optouts and removals; decided by people in consent
           and exclusions; proved by consent_ledger; listed by suppression
hours      windows (pure arithmetic), quiet (the hours of a workspace), localtime (what time it is where they are)
files      importing
"""
