"""Why content waits: what each stage found, and which finding the verdict depends on."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.engine.matches import Category, Classification, Match, PiiMatch, PiiType, Source
from moderation.engine.verdict.author_record import RAISED_BY_HISTORY
from moderation.engine.verdict.decide import TOLERANCE, decide
from moderation.engine.verdict.policy import Policy
from moderation.engine.verdict.scoring import total_of
from moderation.engine.verdict.verdict import VerdictKind
from moderation.lib.highlight import kind_name
from moderation.lib.languages import gettext_lazy
from moderation.models import ModerationLog

#: The stages that check the text, in order, by the source of their matches.
STAGES = (
    ("lexicon", gettext_lazy("Word lists")),
    ("blacklist", gettext_lazy("Blacklist")),
    ("spam", gettext_lazy("Spam")),
)
#: Reasons that come from the author's history or the engine's state.
CIRCUMSTANCES = {
    "repeat_offender": gettext_lazy("earlier violations make it a block"),
    "flood": gettext_lazy("too many violations in a short time"),
    "whitelisted_user": gettext_lazy("the author is trusted"),
    "engine_failure": gettext_lazy("the engine failed"),
}
#: A spam signal may match the whole text; it is then named by its kind.
LONGEST_WORD = 40


@dataclass(frozen=True)
class TraceStep:
    """One line of the trace."""

    name: str
    what: str
    #: Its strongest finding, 0-1; None if the stage gives no score.
    score: float | None = None
    #: The verdict that it would reach on its own; "" if it found nothing.
    hit: str = ""


@dataclass(frozen=True)
class Counterfactual:
    """The verdict without the strongest finding."""

    #: The word that was left out; "" if the finding is not one word.
    word: str
    kind: str
    verdict: str
    is_same: bool


# --- The trace


def decision_trace(log: ModerationLog, policy: Policy, report_count: int) -> list[TraceStep]:
    """Return what each stage found, in the order in which the stages run."""
    words, blacklist, spam = (_step_of(log, policy, source, name) for source, name in STAGES)
    personal = TraceStep(_("Personal data"), _("nothing found"))
    if log.pii:
        types = dict.fromkeys(PiiType(hit["type"]) for hit in log.pii)
        verdict = "block" if PiiType.US_SSN in types else "flag"
        kinds = ", ".join(kind_name(type_) for type_ in types)
        personal = TraceStep(_("Personal data"), kinds, hit=verdict)
    steps = [words, blacklist, personal, spam]
    if any(match["source"] == Source.MODEL for match in log.matches):
        steps.append(_step_of(log, policy, Source.MODEL, _("Model")))

    rules = [reason.removeprefix("rule:") for reason in log.reasons if reason.startswith("rule:")]
    verdict = log.verdict if rules and log.rule_name else ""
    said = [
        _("AI: “{reason}”").format(reason=match["reason"])
        for match in log.matches
        if match.get("reason")
    ]
    steps.append(
        TraceStep(_("Rules"), ", ".join([*rules, *said]) or _("none matched"), hit=verdict)
    )

    history = [str(CIRCUMSTANCES[reason]) for reason in log.reasons if reason in CIRCUMSTANCES]
    verdict = "block" if "repeat_offender" in log.reasons else ""
    steps.append(TraceStep(_("History"), ", ".join(history) or _("changed nothing"), hit=verdict))

    reporters = ngettext("{n} reporter", "{n} reporters", report_count).format(n=report_count)
    steps.append(
        TraceStep(_("Reports"), reporters, hit="flag")
        if report_count
        else TraceStep(_("Reports"), _("none"))
    )
    return steps


def _step_of(log: ModerationLog, policy: Policy, source: str, name: str) -> TraceStep:
    matches = [match for match in log.matches if match["source"] == source]
    if not matches:
        return TraceStep(name, _("nothing found"))
    score = max(match["score"] for match in matches)
    kinds = ", ".join(dict.fromkeys(kind_name(match["category"]) for match in matches))
    count = ngettext("{n} match", "{n} matches", len(matches)).format(n=len(matches))
    return TraceStep(name, f"{count}: {kinds}", score, reached(score, policy))


def reached(score: float, policy: Policy) -> str:
    """Return the verdict that a score reaches; "" below the first threshold."""
    limits = policy.thresholds
    steps = (("block", limits.block), ("flag", limits.flag), ("warn", limits.warn))
    return next((name for name, step in steps if score + TOLERANCE >= step), "")


# --- The counterfactual


def counterfactual_of(log: ModerationLog, policy: Policy) -> Counterfactual | None:
    """Decide again without the strongest finding; None if the result would be a guess.

    A log does not store rule hits, and a part of the engine that failed cannot run again. If the
    stored findings do not lead to the verdict that was given, return None as well.
    """
    is_guess = log.degraded or any(
        reason.startswith("rule:") or reason in {"whitelisted_user", "engine_failure"}
        for reason in log.reasons
    )
    if is_guess or not (log.matches or log.pii):
        return None
    matches = tuple(
        Match(
            start=row["start"],
            end=row["end"],
            text=row["text"],
            category=Category(row["category"]),
            source=Source(row["source"]),
            score=row["score"],
            word=row["text"],
        )
        for row in log.matches
    )
    pii = tuple(
        PiiMatch(PiiType(row["type"]), row["start"], row["end"], row["text"]) for row in log.pii
    )
    if _verdict_of(log, matches, pii, policy) != log.verdict:
        return None
    word, kind = "", "personal_info"
    if matches:
        strongest = max(matches, key=lambda match: match.score)
        kind = str(strongest.category)
        # The same word from the same source counts as one finding.
        finding = (strongest.text.casefold(), strongest.source)
        rest = tuple(match for match in matches if (match.text.casefold(), match.source) != finding)
        if strongest.source is not Source.SPAM and len(strongest.text) <= LONGEST_WORD:
            word = strongest.text
        verdict = _verdict_of(log, rest, pii, policy)
    else:
        verdict = _verdict_of(log, (), (), policy)
    return Counterfactual(word, kind, verdict, is_same=verdict == log.verdict)


def _verdict_of(
    log: ModerationLog, matches: tuple[Match, ...], pii: tuple[PiiMatch, ...], policy: Policy
) -> str:
    total = total_of(matches)
    classification = Classification(
        language=log.language,
        matches=matches,
        pii=pii,
        categories=total.categories,
        score=total.score,
    )
    kind = decide(classification, policy).kind
    if "repeat_offender" in log.reasons and kind in RAISED_BY_HISTORY:
        return str(VerdictKind.BLOCK)
    return str(kind)
