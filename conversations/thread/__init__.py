"""One conversation: what is shown of it and what people do in it.

opened     starting, opening (many at once)
shown      reading, turns, asides, files; beside it contact, automation, consenting; diagnosis of what was not delivered
written    composing, forms; not sent at once: approvals, rescheduling, reminders; never sent: notes
done       actions, handing, snoozing, archiving, deleting
"""
