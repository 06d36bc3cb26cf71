"""Say what is wrong with a policy's fields, one by one."""

import re
from collections.abc import Callable, Mapping
from typing import Any

VERDICTS = ("allow", "warn", "flag", "block")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
REGION = re.compile(r"[A-Z]{2}")


class PolicyError(ValueError):
    """A field of a policy is unknown, of the wrong type, or makes no sense."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


Check = Callable[[str, Any], None]


def check_fields(policy: Mapping[str, Any]) -> None:
    """Raise PolicyError for the first field that is ill-typed or nonsense."""
    for name, check in CHECKS.items():
        check(name, policy[name])
    _check_order(policy)


def _check_order(policy: Mapping[str, Any]) -> None:
    thresholds = policy["thresholds"]
    if not thresholds["warn"] <= thresholds["flag"] <= thresholds["block"]:
        raise PolicyError("thresholds", "must ascend: warn <= flag <= block")
    if policy["strikes_for_perm_ban"] < policy["strikes_for_temp_ban"]:
        raise PolicyError("strikes_for_perm_ban", "must not be less than strikes_for_temp_ban")


def _whole(low: int, high: int) -> Check:
    def check(name: str, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise PolicyError(name, f"must be a whole number from {low} to {high}")

    return check


def _one_of(*choices: str) -> Check:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in choices:
            raise PolicyError(name, f"must be one of {', '.join(choices)}")

    return check


def _list_of(is_fine: Callable[[str], object], what: str, least: int = 0) -> Check:
    def check(name: str, value: Any) -> None:
        if len(value) < least or len(value) > 100:
            raise PolicyError(name, f"must have {least} to 100 items")
        if not all(isinstance(item, str) and is_fine(item) for item in value):
            raise PolicyError(name, f"must hold only {what}")
        if len(set(value)) < len(value):
            raise PolicyError(name, "names something twice")

    return check


def _truth(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise PolicyError(name, "must be true or false")


def _share(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise PolicyError(name, "must be a number from 0 to 1")


def _group(**checks: Check) -> Check:
    def check(name: str, value: Any) -> None:
        for key, check_key in checks.items():
            check_key(f"{name}.{key}", value[key])

    return check


_verdicts = _list_of(VERDICTS.__contains__, f"verdicts ({', '.join(VERDICTS)})")
_violations = _list_of(VERDICTS[1:].__contains__, "warn, flag and block")

CHECKS: Mapping[str, Check] = {
    "thresholds": _group(warn=_share, flag=_share, block=_share),
    "approved_verdicts": _verdicts,
    "strike_verdicts": _violations,
    "review_verdicts": _violations,
    "queue_blocks": _truth,
    "strikes_for_temp_ban": _whole(1, 1000),
    "strikes_for_perm_ban": _whole(1, 1000),
    "temp_ban_hours": _whole(1, 24 * 365),
    "strike_days": _whole(1, 3650),
    "ban_scope": _one_of("channel", "project"),
    "auto_ban": _truth,
    "ban_requires_review": _truth,
    "repeat_offender": _group(violations=_whole(1, 1000), hours=_whole(1, 24 * 365)),
    "flood": _group(violations=_whole(1, 1000), seconds=_whole(1, 86_400)),
    "on_engine_failure": _one_of(*VERDICTS[1:]),
    "model_wait_ms": _whole(0, 60_000),
    "decision_hold_seconds": _whole(0, 86_400),
    "languages": _list_of(LANGUAGE_TAG.fullmatch, "language tags such as en or ur-Latn", 1),
    "phone_regions": _list_of(REGION.fullmatch, "two-letter regions such as US"),
    "storage": _one_of("full", "masked", "hash"),
    "retention_days": _whole(1, 36_500),
    "meta_data_in_events": _list_of(str.strip, "names of metadata fields"),
}
