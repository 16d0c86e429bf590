"""A phone network on this machine: Macs that speak the BlueBubbles wire format, and the people they write to.

It stands in for hardware in the demo and in tests, so it copies the bad manners of the real thing
too: answers of 500 after delivering, silent failures, webhooks lost, doubled and shuffled. It
shares no code with the adapter that talks to it: a mistake in one must not be hidden by the other.

    network.py   everything there is: clock, Macs, people, faults        mac.py      one line's state
    habits.py    what each number does                                   people.py   deliver, read, reply
    poller.py    which changes become webhooks                           hooks.py    how those are posted
    api/         the routes of BlueBubbles 1.9.9                         control.py  `/_sim/*` for tests
    phone.py     the page that shows a recipient's phone                 storage.py  survives a restart
"""
