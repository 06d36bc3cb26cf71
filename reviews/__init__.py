"""Reviews: the desk where people decide about messages, and what comes after a decision.

From the ground floor up: `models`, `queue` (open reviews and claims), `decisions` (decide, undo,
bulk), `casefile` (what a moderator reads), `appeals`, `reporting`, `evaluation` (backtests,
learning), and the entrances `api`, `pages`, `demo`, `management`. A room imports only lower
ones; docs/architecture.md describes each.
"""
