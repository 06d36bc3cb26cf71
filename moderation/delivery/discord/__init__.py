"""A Discord bot that moderates servers through the pipeline (docs/discord.md).

Read in this order: `bot` (what it listens to), `judging` (what it asks the pipeline), `enforcing`
(what it does on Discord), `reviewing` (the review channel and its buttons), `following` (decisions
that people make elsewhere). Nothing imports it without requirements-discord.txt.
"""
