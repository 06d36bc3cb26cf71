"""The rows of `run_matrix`: texts with the verdicts that the balanced preset must give."""

from dataclasses import dataclass
from functools import cache

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import Ruleset, build_ruleset
from moderation.engine.verdict.author_record import AuthorRecord, apply_author_record
from moderation.engine.verdict.decide import decide
from moderation.engine.verdict.policy import PRESETS
from moderation.rules.scorer import score_request

OLDER, RULES, TIMELINE = "older service", "rules", "timeline"
ELEVEN_SMILES = "\N{GRINNING FACE}" * 11


@dataclass(frozen=True)
class Row:
    group: str
    text: str
    #: Any of these verdicts is right; empty: the verdict of `like`.
    expected: tuple[str, ...] = ()
    #: The author's violations in the 24 hours before.
    violations: int = 0
    #: The type of personal data that must be found.
    pii: str = ""
    #: A text that must get the same verdict.
    like: str = ""
    #: Reasons that the verdict must have, all of them.
    reasons: tuple[str, ...] = ()


def _rows(group: str, expected: str, *texts: str) -> list[Row]:
    return [Row(group, text, tuple(expected.split())) for text in texts]


ROWS: tuple[Row, ...] = (
    *_rows(OLDER, "allow", "Hello world"),
    *_rows(OLDER, "warn", "This is damn good"),
    *_rows(OLDER, "warn flag", "Ye kya bakwas hai"),
    *_rows(OLDER, "block", "You terrorist scum"),
    *_rows(OLDER, "flag", "Shut up idiot", "Chup kar bewakoof"),
    *_rows(OLDER, "warn flag", "HELLOOOOOOO!!!!!!", "THIS IS ALL CAPS"),
    *_rows(OLDER, "flag", ELEVEN_SMILES),
    Row(OLDER, "+92-300-1234567", ("flag",), pii="PHONE"),
    Row(OLDER, "test@example.com", ("flag",), pii="EMAIL"),
    *_rows(OLDER, "block", "You fucking idiot, die"),
    Row(OLDER, "damn", ("block",), violations=3, reasons=("profanity", "repeat_offender")),
    *_rows(RULES, "warn", "damn", "shit", "hell", "crap"),
    *_rows(RULES, "block", "You're a fucking idiot", "fuck", "bitch", "bhenchod"),
    *_rows(RULES, "flag", "you loser"),
    *_rows(RULES, "block", "I will kill you", "maar doon ga"),
    *_rows(RULES, "allow", "this lag is killing me", "I could kill for a coffee"),
    Row(RULES, "Contact me at john@example.com", ("flag",), pii="EMAIL"),
    Row(RULES, "pagaaal", like="pagal"),
    Row(RULES, "pgl", like="pagal"),
    *_rows(RULES, "allow", "classic Scunthorpe problem", "Dick Van Dyke was great"),
    *_rows(RULES, "allow", "kya haal hai bhai"),
    Row(TIMELINE, "shit", ("warn",), violations=1),
    Row(TIMELINE, "hell", ("warn",), violations=2),
    Row(TIMELINE, "crap", ("block",), violations=3, reasons=("profanity", "repeat_offender")),
    Row(TIMELINE, "Hello world", ("allow",), violations=3),
    # A day later only the last violation is in the window.
    Row(TIMELINE, "damn", ("warn",), violations=1),
)


@dataclass(frozen=True)
class Result:
    row: Row
    expected: tuple[str, ...]
    verdict: str
    reasons: tuple[str, ...]
    is_right: bool


def judge(row: Row) -> Result:
    """Judge one row with the bundled lists and the model in use, under the balanced preset."""
    verdict, reasons, pii = _verdict_on(row.text, row.violations)
    expected = row.expected or (_verdict_on(row.like, 0)[0],)
    is_right = (
        verdict in expected and (not row.pii or row.pii in pii) and set(row.reasons) <= set(reasons)
    )
    return Result(row, expected, verdict, reasons, is_right)


def _verdict_on(text: str, violations: int) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    policy = PRESETS["balanced"]
    finding = classify(text, _bundled_lists(), score_request=score_request(policy, None))
    record = AuthorRecord(recent_violations=violations)
    verdict = apply_author_record(record, decide(finding, policy), policy)
    return str(verdict.kind), verdict.reasons, tuple(str(item.type) for item in finding.pii)


@cache
def _bundled_lists() -> Ruleset:
    return build_ruleset()
