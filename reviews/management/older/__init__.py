"""Read what the four older services stored and turn it into Gavel's rows, for `import_from`.

`source.py` reads their tables, one module a service translates the rows into `records.py`, and
`store.py` stores those, in batches that can be repeated.
"""
