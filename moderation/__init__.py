"""Moderation: judge each message, act on the verdict, and tell everyone who listens.

`pipeline/moderate.py` tells the story of a message. From the ground floor up: `engine` (what the
text says), `lib`, `models`, `events`, `accounts`, `rules` (what a project wrote), `queries`,
`sanctions` (strikes and bans), `pipeline`, `delivery` (relay, sockets, webhooks), and the
entrances `api`, `pages`, `integrations`, `admin`, `management`. A room imports only lower ones;
docs/architecture.md describes each.
"""
