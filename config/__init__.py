"""What wires the apps together: settings and environment, urls and api, celery (every task, its queue and its times), the
probes (health, metrics), logs, the checks of the database role (checks, grants), and `embedded`: the servers of `make run`.
"""

import gc

# A start makes 300,000 objects and nothing of them becomes garbage: to look for it after every 700, as Python would, takes a sixth
# of the time until a process is up. Afterwards a request or a task leaves few cycles, so that seldom is often enough.
gc.set_threshold(100_000, 10, 10)
