"""Doors for clients of other services: each parses, calls one service, and answers in its words."""
