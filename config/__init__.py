"""What wires the apps together: settings and environment, urls and api, celery (every task, its queue and its times), the
probes (health, metrics), logs, the checks of the database role (checks, grants), and `embedded`: the servers of `make run`.
"""
