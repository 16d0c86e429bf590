"""Every outgoing message: the one door it passes, the outbox, the gate, the gateways, and what became of it. In its order:

written    replying, retrying, scheduling; may they, how and what: advising, channels, contents, again; all through compose
claimed    dispatch turns; outbox claims what is due, under line_locks and the locks of people
decided    gate, by facts: hours, routes, consents, new_conversations; then attempts begins one, or gate_results says why not
sent       sender is who sends; send_threads speak to gateways what send_queue gives them (slots, line_queue), as outbound has it
ended      recorder gathers, record decides once: accepting, consequences, step_outcomes; reconcile asks where nobody knows
changed    optout, excluding and batch_locks stop what waits; sweeping sees what time did, upcoming when to look again
"""
