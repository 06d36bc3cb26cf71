"""Chat: what WebSockets and Socket.IO share (docs/realtime.md, "Chat").

`authors` says who may write where, `messages` sends one through moderation, `rooms` brings it to
everybody in the channel, in this process and in others.
"""
