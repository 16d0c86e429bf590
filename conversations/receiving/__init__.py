"""What gateways tell us: stored once, applied in batches, receipts and lost webhooks made good.

webhooks stores and answers, catch_up reads what they lost; ingest applies both: incoming for what contacts wrote (linking,
media, canned and confirming follow from it), receipts for what became of ours (finding says which message is meant). recognising
puts the threads of who has become a lead since with that lead.
"""
