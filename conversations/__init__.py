"""Messages and threads: written, sent, received, listed. The largest app; its packages import downwards only, as the README
shows them and `make lint` checks.

Beside the packages stand what they share: vocabulary (states, reasons, holds), summary and cells (the columns that lists read),
changes and live (open pages learn of a commit), happenings (lines in a thread), drafts, presence, folding, refusals.
"""
