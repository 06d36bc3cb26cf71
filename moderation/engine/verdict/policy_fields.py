"""Validate a policy's fields."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from moderation.engine.text.domain_names import domain_form

VERDICTS = ("allow", "warn", "flag", "block")
#: What a model may do alone, the least first: open a review, give a strike too, block.
MODEL_MAY = ("flag", "strike", "block")
LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
ATTRIBUTE = re.compile(r"[A-Z_]{1,50}")
MOST_MAPPED, MOST_POINTS = 50, 250
REGION = re.compile(r"[A-Z]{2}")
#: A name with a dot, without scheme, path or capitals.
DOMAIN = re.compile(r"(?:[^\W_A-Z](?:[^\WA-Z]|-){0,62}\.)+[^\W\d_A-Z](?:[^\WA-Z]|-){1,62}")
MOST_DOMAINS = 1000


class PolicyError(ValueError):
    """A field of a policy is unknown, of the wrong type, or makes no sense."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field} {message}")
        self.field = field
        self.message = message


Check = Callable[[str, Any], None]


def check_domains(name: str, domains: Iterable[str]) -> None:
    """Raise PolicyError for the first domain that no link can have.

    Apart from `check_fields`, because policies that were stored earlier may name such domains.
    """
    for domain in domains:
        try:
            domain_form(domain)
        except UnicodeError as error:
            raise PolicyError(
                name, f"must contain only valid domains; {domain} is not one"
            ) from error


def check_fields(policy: Mapping[str, Any]) -> None:
    """Raise PolicyError for the first field with a wrong type or value."""
    for name, check in CHECKS.items():
        check(name, policy[name])
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


def _whole_or_none(low: int, high: int) -> Check:
    check_whole = _whole(low, high)

    def check(name: str, value: Any) -> None:
        if value is not None:
            check_whole(name, value)

    return check


def _one_of(*choices: str) -> Check:
    def check(name: str, value: Any) -> None:
        if not isinstance(value, str) or value not in choices:
            raise PolicyError(name, f"must be one of {', '.join(choices)}")

    return check


def _list_of(is_fine: Callable[[str], object], what: str, least: int = 0, most: int = 100) -> Check:
    def check(name: str, value: Any) -> None:
        if not least <= len(value) <= most:
            raise PolicyError(name, f"must have {least} to {most} items")
        if not all(isinstance(item, str) and is_fine(item) for item in value):
            raise PolicyError(name, f"must contain only {what}")
        if len(set(value)) < len(value):
            raise PolicyError(name, "contains an item twice")

    return check


def _truth(name: str, value: Any) -> None:
    if not isinstance(value, bool):
        raise PolicyError(name, "must be true or false")


def _share(name: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise PolicyError(name, "must be a number from 0 to 1")


def _mapping(name: str, value: Any) -> None:
    """Check rising points from 0 to 1 by attribute."""
    rule = "must give each attribute rising points [ours, theirs] from 0 to 1"
    if not isinstance(value, Mapping) or len(value) > MOST_MAPPED:
        raise PolicyError(name, rule)
    for attribute, points in value.items():
        if not ATTRIBUTE.fullmatch(str(attribute)) or not isinstance(points, list | tuple):
            raise PolicyError(name, rule)
        if not 1 <= len(points) <= MOST_POINTS or not all(map(_is_point, points)):
            raise PolicyError(name, rule)
        for before, after in pairwise(points):
            if before[0] >= after[0] or before[1] > after[1]:
                raise PolicyError(name, rule)


def _is_point(point: Any) -> bool:
    is_pair = isinstance(point, list | tuple) and len(point) == 2
    return is_pair and all(
        isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1
        for one in point
    )


def _group(**checks: Check) -> Check:
    def check(name: str, value: Any) -> None:
        for key, check_key in checks.items():
            check_key(f"{name}.{key}", value[key])

    return check


_verdicts = _list_of(VERDICTS.__contains__, f"verdicts ({', '.join(VERDICTS)})")
_violations = _list_of(VERDICTS[1:].__contains__, "warn, flag and block")


def _is_domain(value: str) -> bool:
    # Hindi's vowels are marks, which the pattern does not know.
    letters = (sign for sign in value if not unicodedata.category(sign).startswith("M"))
    return bool(DOMAIN.fullmatch("".join(letters)))


_domains = _list_of(_is_domain, "domains in small letters such as example.com", most=MOST_DOMAINS)

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
    "author_limits": _group(
        per_minute=_whole_or_none(1, 1_000_000), per_hour=_whole_or_none(1, 1_000_000)
    ),
    "on_engine_failure": _one_of(*VERDICTS[1:]),
    "model_may": _one_of(*MODEL_MAY),
    "model_wait_ms": _whole(0, 60_000),
    "decision_hold_seconds": _whole(0, 86_400),
    "languages": _list_of(LANGUAGE_TAG.fullmatch, "language tags such as en or ur-Latn", 1),
    "phone_regions": _list_of(REGION.fullmatch, "two-letter regions such as US"),
    "allowed_link_domains": _domains,
    "blocked_link_domains": _domains,
    "storage": _one_of("full", "masked", "hash"),
    "retention_days": _whole(1, 36_500),
    "meta_data_in_events": _list_of(str.strip, "names of metadata fields"),
    "unknown_attributes": _one_of("drop", "error"),
    "perspective_mapping": _mapping,
    "uncovered_language": _one_of("answer", "neutral", "error"),
}
