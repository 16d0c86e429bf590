"""A phone network on this machine: Macs that speak the BlueBubbles wire format, and the people they write to.

It stands in for hardware in the demo and in tests, so it copies the bad manners of the real thing
too: answers of 500 after delivering, silent failures, webhooks lost, doubled and shuffled. It
shares no code with the adapter that talks to it: a mistake in one must not be hidden by the other.

    network      everything there is, on one clock; defaults: the lines of the demo; storage: what survives a restart
    mac, rows    one line: its chat.db, and the message object of BlueBubbles
    api/         the routes of BlueBubbles 1.9.9, and the faults that tests order (faults)
    poller       which changes become webhooks; hooks and poster: how they are posted
    people       deliver, read, reply: by what each number does (habits) and says (script, voices), over their phones (exchange)
    phone        the page that shows a recipient's phone, with phone_view, phone_actions and pictures
    control/     `/_sim/*`: the levers that only tests have
    app, server  all of it as one web application, in a process or a thread
    bare         another gateway, as quick as a socket, for benches
"""
