"""One thing done to many conversations."""
