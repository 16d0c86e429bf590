"""How fast it is, each bench beside a floor of the same run, and a workspace of any size to measure on."""
