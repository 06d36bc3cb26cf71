from reviews.backtests.findings import with_texts
from reviews.backtests.jobs import (
    cancel,
    mark_dead,
    newest_backtests,
    run,
    run_aside,
    run_here,
    start_policy,
    start_rule,
)
from reviews.backtests.looking import MOST_DAYS, Progress, look_back
from reviews.backtests.trials import policy_trial, rule_trial

__all__ = [
    "MOST_DAYS",
    "Progress",
    "cancel",
    "look_back",
    "mark_dead",
    "newest_backtests",
    "policy_trial",
    "rule_trial",
    "run",
    "run_aside",
    "run_here",
    "start_policy",
    "start_rule",
    "with_texts",
]
