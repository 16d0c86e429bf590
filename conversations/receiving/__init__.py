"""What gateways tell us: stored once, applied in batches, receipts and lost webhooks made good."""
