"""Moderation: a message comes in, is judged, has its consequences, and everyone hears of it.

Read in this order: `pipeline` (the story), `engine` (what the text says), `record` and `enforce`
(what is stored and what follows), `publish` and `relay` (who hears of it), then the entrances:
`api`, `realtime`, `management`.
"""
