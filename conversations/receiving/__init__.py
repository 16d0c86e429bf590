"""What gateways tell us: stored once, then applied in batches.

stored     webhooks takes what gateways post; catch_up reads what they failed to post from the line's history
applied    ingest, in batches: incoming for what contacts wrote, receipts for what became of our messages (finding says which)
follows    canned answers by itself, confirming confirms an opt-out, media fetches files
linked     linking makes one conversation of two, or gives one a lead; recognising finds threads whose address became a lead's
"""
