"""Reports: asked (what the URL asks for, by its parameters), numbers and people (exact, from sums over tallies), rows behind each,
shown as tables and charts; sheet is the CSV.

dimensions says what a report can be broken down by and what it counts; counting has the SQL that numbers and rows share; naming
translates the keys that counts are kept by into those of URLs and into names.
"""
