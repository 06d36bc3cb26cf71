"""Measure rules, policies and models against what moderators decided."""
