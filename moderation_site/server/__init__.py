"""The server: HTTP connections with limits, and the bridge from them to Django.

Read in this order: `protocol` (one connection), `bodies` (how large a body may be), `bridge` (a
request in a thread), `pool` (whose turn it is), `process` (start and end).
"""
