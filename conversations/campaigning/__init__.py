"""Campaigns decide, conversations speak: steps carried out, drips, and the plan of a launch."""
