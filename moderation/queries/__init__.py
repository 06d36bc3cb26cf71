from moderation.queries.authors import (
    active_ban,
    activity_of,
    count_active_strikes,
    has_message,
    scope_of,
    standing_of,
    status_of,
    times_sent,
)
from moderation.queries.in_force import InForce, forget_in_force, in_force, policy_of, stored_policy

__all__ = [
    "InForce",
    "active_ban",
    "activity_of",
    "count_active_strikes",
    "forget_in_force",
    "has_message",
    "in_force",
    "policy_of",
    "scope_of",
    "standing_of",
    "status_of",
    "stored_policy",
    "times_sent",
]
