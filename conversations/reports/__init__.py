"""Reports: asked (the address), numbers and people (exact, from sums over tallies), rows behind each, shown as tables and charts.

dimensions says what can be told apart and counted; counting has the words of SQL that numbers and rows share.
"""
