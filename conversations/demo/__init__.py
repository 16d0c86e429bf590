"""What `make run` shows: a workspace with a few weeks behind it."""
