"""Every outgoing message: the one door it passes, the outbox, the gate, the gateways, and what became of it. In its order:

written    replying, retrying, scheduling; may they, how and what: advising, channels, contents, again; all through compose
claimed    dispatch turns; outbox claims what is due, under the locks of holding and people
decided    gate, by facts: hours, routes, consents, exchanged; then attempts begins one, or decided says why not
sent       sender is who sends; lanes and lane say what goes next, outbound how a gateway gets it
ended      recorder gathers, record decides once: accepting, consequences, step_outcomes; reconcile asks where nobody knows
changed    optout and batch_locks stop what waits; sweeping sees what time did, upcoming when to look again
"""
