"""Why content waits: what each stage found, and what the verdict hangs on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moderation.engine.decide import TOLERANCE, decide
from moderation.engine.matches import Category, Classification, Match, PiiMatch, PiiType, Source
from moderation.engine.policy import Policy
from moderation.engine.scoring import scored
from moderation.engine.standing import RAISED_BY_HISTORY
from moderation.engine.verdict import VerdictKind
from moderation.marking import kind_name
from moderation.models import ModerationLog

#: The stages that look at the text, in their order, by the source of their matches.
STAGES = (("lexicon", "Word lists"), ("blacklist", "Blacklist"), ("spam", "Spam"))
#: What the author's history or the engine's state adds to the reasons.
CIRCUMSTANCES = {
    "repeat_offender": "earlier violations make it a block",
    "flood": "too many violations in a short time",
    "whitelisted_user": "the author is trusted",
    "engine_failure": "the engine could not judge",
}
PII_NAMES = {
    PiiType.EMAIL: "e-mail address",
    PiiType.PHONE: "phone number",
    PiiType.CREDIT_CARD: "payment card",
    PiiType.US_SSN: "US social number",
    PiiType.IBAN: "IBAN",
    PiiType.IP_ADDRESS: "IP address",
}
#: A spam signal may speak of the whole text; a sentence names it by its kind.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Step:
    """One line of the trace."""

    name: str
    what: str
    #: Its strongest finding, 0-1; None where it gives no score.
    score: float | None = None
    #: The verdict that it would reach by itself; "" where it found nothing.
    hit: str = ""


@dataclass(frozen=True)
class Hinge:
    """The finding without which the verdict may be another."""

    #: A found word, or "" where it is not one word.
    word: str
    kind: str
    verdict: str
    is_same: bool


# --- The trace


def trace_of(log: ModerationLog, policy: Policy, report_count: int) -> list[Step]:
    """Return what each stage found, in the order in which they look."""
    steps = [_matched(log, policy, source, name) for source, name in STAGES]
    steps.insert(2, _personal(log))
    if any(match["source"] == Source.MODEL for match in log.matches):
        steps.append(_matched(log, policy, Source.MODEL, "Model"))
    return [*steps, _rules(log), _history(log), _reports(report_count)]


def _matched(log: ModerationLog, policy: Policy, source: str, name: str) -> Step:
    found = [match for match in log.matches if match["source"] == source]
    if not found:
        return Step(name, "nothing found")
    score = max(match["score"] for match in found)
    kinds = ", ".join(dict.fromkeys(kind_name(match["category"]) for match in found))
    counted = f"{len(found)} " + ("match" if len(found) == 1 else "matches")
    return Step(name, f"{counted}: {kinds}", score, reached(score, policy))


def reached(score: float, policy: Policy) -> str:
    """Return the verdict that a score reaches; "" under the first threshold."""
    limits = policy.thresholds
    steps = (("block", limits.block), ("flag", limits.flag), ("warn", limits.warn))
    return next((name for name, step in steps if score + TOLERANCE >= step), "")


def _personal(log: ModerationLog) -> Step:
    if not log.pii:
        return Step("Personal data", "nothing found")
    kinds = ", ".join(dict.fromkeys(PII_NAMES[PiiType(hit["type"])] for hit in log.pii))
    is_social = any(hit["type"] == PiiType.US_SSN for hit in log.pii)
    return Step("Personal data", kinds, hit="block" if is_social else "flag")


def _rules(log: ModerationLog) -> Step:
    names = [reason.removeprefix("rule:") for reason in log.reasons if reason.startswith("rule:")]
    if not names:
        return Step("Rules", "none matched")
    return Step("Rules", ", ".join(names), hit=log.verdict if log.rule_name else "")


def _history(log: ModerationLog) -> Step:
    told = [CIRCUMSTANCES[reason] for reason in log.reasons if reason in CIRCUMSTANCES]
    if not told:
        return Step("History", "changed nothing")
    return Step("History", ", ".join(told), hit="block" if "repeat_offender" in log.reasons else "")


def _reports(count: int) -> Step:
    if not count:
        return Step("Reports", "none")
    return Step("Reports", "1 reporter" if count == 1 else f"{count} reporters", hit="flag")


# --- What the verdict hangs on


def hinge_of(log: ModerationLog, policy: Policy) -> Hinge | None:
    """Judge again without the strongest finding; None where that would be a guess.

    Hits of rules are not kept with the log, and a broken part cannot be run again. What is kept
    must lead to the verdict that was given, or nothing is said.
    """
    is_guess = log.degraded or any(
        reason.startswith("rule:") or reason in {"whitelisted_user", "engine_failure"}
        for reason in log.reasons
    )
    if is_guess or not (log.matches or log.pii):
        return None
    matches, pii = _kept_matches(log.matches), _kept_pii(log.pii)
    if _judged(log, matches, pii, policy) != log.verdict:
        return None
    if not matches:
        return _hinge(log, "", "personal_info", _judged(log, (), (), policy))
    strongest = max(matches, key=lambda match: match.score)
    rest = tuple(match for match in matches if _word(match) != _word(strongest))
    word = strongest.text if _is_word(strongest) else ""
    return _hinge(log, word, strongest.category, _judged(log, rest, pii, policy))


def _hinge(log: ModerationLog, word: str, kind: str, verdict: str) -> Hinge:
    return Hinge(word, str(kind), verdict, is_same=verdict == log.verdict)


def _word(match: Match) -> tuple[str, Source]:
    return match.text.casefold(), match.source


def _is_word(match: Match) -> bool:
    return match.source is not Source.SPAM and len(match.text) <= LONGEST_WORD


def _judged(
    log: ModerationLog, matches: tuple[Match, ...], pii: tuple[PiiMatch, ...], policy: Policy
) -> str:
    total = scored(matches)
    found = Classification(
        language=log.language,
        matches=matches,
        pii=pii,
        categories=total.categories,
        score=total.score,
    )
    kind = decide(found, policy).kind
    if "repeat_offender" in log.reasons and kind in RAISED_BY_HISTORY:
        return str(VerdictKind.BLOCK)
    return str(kind)


def _kept_matches(rows: Iterable[Mapping[str, Any]]) -> tuple[Match, ...]:
    return tuple(
        Match(
            start=row["start"],
            end=row["end"],
            text=row["text"],
            category=Category(row["category"]),
            source=Source(row["source"]),
            score=row["score"],
            word=row["text"],
        )
        for row in rows
    )


def _kept_pii(rows: Iterable[Mapping[str, Any]]) -> tuple[PiiMatch, ...]:
    return tuple(
        PiiMatch(PiiType(row["type"]), row["start"], row["end"], row["text"]) for row in rows
    )
