"""Every outgoing message, from the one door it passes to what became of it. `docs/sending.md` follows one; by stage:

written    compose makes every message; replying, retrying and scheduling write people's own. What may be written: advising,
           channels, contents (signatures), again. Which line: choosing
claimed    dispatch is the loop; outbox claims what is due, under the locks of line_locks and people
decided    gate, from facts: hours, routes, consents, new_conversations; gate_results writes what it decided, attempts begins
sent       send_threads speak to gateways (outbound) what send_queue hands them (slots, line_queue); sender is their identity
recorded   recorder gathers endings, record decides once: accepting, consequences, step_outcomes; reconcile asks the gateway
stopped    by optout, excluding, stopping (campaigns) and batch_locks; sweeping and upcoming see to what time changes
besides    outward (typing, tapbacks, read receipts), line_figures (how contacts answer a line)
"""
