"""Uploaded tables: CSV in any dialect, or XLSX; and rejects files for the lines not used.

Every table is read through `table.Table`, which handles encodings, size caps and formulas.
"""
