"""Messages and threads: written, sent, received, listed. The largest app; its packages import downwards only, in the order that
the README shows and `make lint` checks.

The modules beside the packages are what these share: vocabulary (states, reasons, holds), summary and cells (the columns that
lists read), changes and live (open pages learn of a commit), happenings (lines in a thread), drafts, presence, folding, refusals.
"""
