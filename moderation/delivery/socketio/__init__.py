"""Live events and chat for clients of Socket.IO (docs/realtime.md, "Socket.IO").

Read in this order: `server` (the mount and the events that clients send), `session` (one client),
`packets` (what it receives). The events come through the same rooms as those of the WebSockets.
"""
