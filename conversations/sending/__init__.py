"""Every outgoing message: the one door it passes, the outbox, the gate, the gateways, and what became of it."""
