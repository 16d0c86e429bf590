"""Messaging lines: one contract (`base`), one adapter per vendor, one door to them (`registry`)."""
