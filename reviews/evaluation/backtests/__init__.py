from reviews.evaluation.backtests.candidates import policy_candidate, rule_candidate
from reviews.evaluation.backtests.jobs import (
    cancel,
    mark_dead,
    newest_backtests,
    run,
    run_aside,
    run_here,
    start_policy,
    start_rule,
)
from reviews.evaluation.backtests.replay import MOST_DAYS, Progress, run_backtest
from reviews.evaluation.backtests.results import with_texts

__all__ = [
    "MOST_DAYS",
    "Progress",
    "cancel",
    "mark_dead",
    "newest_backtests",
    "policy_candidate",
    "rule_candidate",
    "run",
    "run_aside",
    "run_backtest",
    "run_here",
    "start_policy",
    "start_rule",
    "with_texts",
]
