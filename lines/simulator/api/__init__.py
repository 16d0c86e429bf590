"""The routes of BlueBubbles 1.9.9, with its envelopes, its texts and its faults."""
