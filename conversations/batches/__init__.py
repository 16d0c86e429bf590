"""Send to leads (S1-29 to S1-35): one text to many, each in their own words, over lines and types that are chosen for each.

`writing` makes and changes a batch before it goes, `people` says who is reached where and who is not, `making` turns
recipients into messages, `steering` pauses, cancels and sends again, `progress` counts.
"""
