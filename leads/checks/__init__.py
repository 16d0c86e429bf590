"""Availability checks: asked for (starting, finding), made (claiming, asking, recording, working), watched (progress, estimate).

Claiming holds lines (places) and gives them leads (picking).
"""
