"""Quick Send: to any number or email address, with or without a lead (S1-23 to S1-28, R14).

While somebody types, what was typed becomes a `Reach`: how it would be reached, and why not. Nothing is made before
they send; then it is the one composer, as everywhere.
"""
