"""WebSockets that receive live events.

Read in this order: `sink` (where the relay hands events), `hub` (feeds them to readers), `rooms`
(one socket's place in a project), `consumers` (the socket), `protocol` (its messages).
"""
