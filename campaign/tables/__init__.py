"""Tables that people hand in: CSV as any program writes it, or XLSX; and what was not used of them.

Every reader of a table goes through `table.Table`, so that encodings, caps and formulas are dealt
with in one place.
"""
