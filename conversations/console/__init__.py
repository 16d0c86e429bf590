"""The Console: every execution of every workflow, with its state, why, and until when; from a message to its step and back."""
