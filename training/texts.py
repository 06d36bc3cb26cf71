"""The labelled texts: which sets, how much each counts, and what their rows teach."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from moderation.engine.classify import classify
from moderation.engine.custom_rules.ruleset import build_ruleset
from moderation.engine.data import rows
from moderation.engine.matches import Category, Match
from moderation.engine.model.features import Features, features_of
from moderation.engine.model.scorer import Levels, ScoreRequest, ScorerInput, Scores, State
from moderation.engine.text.views import views_of
from training.groups import fold_of, groups_of

RULESET = build_ruleset()
#: Sets by what a row of theirs counts. Those of templates repeat themselves and count less; the few
#: of surge_toxicity, which are the likest to a chat, count most.
WEIGHTS = {
    "convabuse": 1.0,
    "davidson": 0.3,
    "hatecheck_en": 0.5,
    "hatemoji_build": 0.1,
    "hatemoji_check": 0.1,
    "identity_templates_en": 0.3,
    "identity_templates_hi_latn": 0.3,
    "mhc_es": 0.5,
    "mhc_hi_latn": 0.5,
    "pii_presidio": 0.5,
    "ruhsold": 1.0,
    "sms_spam": 1.0,
    "surge_toxicity": 15.0,
    "toxic_spans": 1.0,
    "toxigen_demos": 3.0,
    "youtube_spam": 3.0,
}
#: Sets of the same authors, whose templates resemble each other.
FAMILIES = {"hatemoji_check": "hatecheck_en", "hatemoji_build": "hatecheck_en"}
#: Their `group` names the template; in the others near copies are looked for.
NAMED_TEMPLATES = {"identity_templates_en", "identity_templates_hi_latn"}
FUNCTIONAL = {"hatecheck_en", "mhc_es", "mhc_hi_latn", "hatemoji_check"}
HATE_ONLY = FUNCTIONAL | {"hatemoji_build"}
SPAM_SETS = {"sms_spam", "youtube_spam"}
#: What these sets call "no hate" may still be a threat or an insult to one person.
NO_EVIDENCE = {"target_indiv_nh", "target_group_nh"}
#: Long clean texts, and chat that is coarse among friends.
CLEAN_COUNTS_DOUBLE = {"joined", "sms_spam", "youtube_spam", "functional"}
STRONG = 0.6
LISTED = 0.4
#: What a long comment counts that is toxic as a whole: most of its words are innocent.
LONG, LONG_SHARE = 25, 0.1
SPAM_SHARE = 0.3


@dataclass(frozen=True)
class Example:
    """One text as the model is taught it."""

    set: str
    id: str
    text: str
    label: int
    category: str
    group: str = ""
    language: str = "en"
    fold: int = 0
    features: Features | None = None
    matches: tuple[Match, ...] = ()
    weight: float = 1.0

    @property
    def is_toxic(self) -> bool:
        return bool(self.label) and self.set not in SPAM_SETS | {"pii_presidio"}

    @property
    def is_spam(self) -> bool:
        return bool(self.label) and self.set in SPAM_SETS


def read_sets(folder: Path) -> list[Example]:
    """Return the rows of all sets in the folder, `NAME.jsonl` or `NAME.jsonl.gz`, in folds."""
    examples = [example for name in sorted(WEIGHTS) for example in read_set(folder, name)]
    if not examples:
        raise SystemExit(f"There is none of the sets in {folder}.")
    return in_folds(examples)


def read_set(folder: Path, name: str) -> Iterator[Example]:
    for path in (folder / f"{name}.jsonl.gz", folder / f"{name}.jsonl"):
        if not path.exists():
            continue
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        yield from (_example(name, json.loads(line)) for line in text.split("\n") if line)
        return
    print(f"Not there: {name}")


def _example(name: str, row: dict[str, str]) -> Example:
    group = row.get("group") or ""
    return Example(
        name, row["id"], row["text"], int(row["label"]), row["category"], group, row["lang"]
    )


def in_folds(examples: Sequence[Example]) -> list[Example]:
    """Return the examples with their folds: texts of one template or near copies share one."""
    people = [word for word, *_ in rows("people.tsv")]
    families = defaultdict(list)
    for at, example in enumerate(examples):
        families[FAMILIES.get(example.set, example.set)].append(at)
    names = {}
    for family, places in families.items():
        if family in NAMED_TEMPLATES:
            names.update({at: f"{family}:{examples[at].group}" for at in places})
            continue
        folded = [views_of(examples[at].text).folded.text for at in places]
        groups = groups_of(folded, people)
        # Called by its text, so that a group's fold does not depend on the other rows.
        for at, group in zip(places, groups, strict=True):
            names[at] = f"{family}:{examples[places[group]].id}"
    return [replace(example, fold=fold_of(names[at])) for at, example in enumerate(examples)]


class _Recorder:
    """A model that keeps what it is shown, so that training sees what the engine shows."""

    name, state, may = "Recorder", State.READY, "flag"
    levels = spam_levels = Levels(warn=1.0, flag=1.0)
    seen = ScorerInput("", views_of(""))

    def score(self, seen: ScorerInput, _wait: float) -> Scores:
        self.seen = seen
        return Scores({})


def looked_at(example: Example, weight: float) -> Example:
    """Return the example with what the rules find in it, its features and its weight."""
    recorder = _Recorder()
    classify(example.text, RULESET, score_request=ScoreRequest(recorder))
    matches = recorder.seen.matches
    example = replace(example, features=features_of(recorder.seen), matches=matches)
    return replace(example, weight=_weight_of(example, weight))


def _weight_of(example: Example, weight: float) -> float:
    if example.is_spam:
        return weight * SPAM_SHARE
    if example.is_toxic:
        is_long = example.set == "toxic_spans" and len(example.features.tokens) > LONG
        return weight * LONG_SHARE if is_long else weight
    is_strong = any(match.score >= STRONG for match in example.matches)
    if example.group in NO_EVIDENCE or (example.set == "hatemoji_build" and is_strong):
        return 0.0
    if example.set in FUNCTIONAL or example.set in CLEAN_COUNTS_DOUBLE:
        weight *= 2
    if example.set in FUNCTIONAL or example.set == "functional":
        return weight
    return weight * 3 if any(match.score >= LISTED for match in example.matches) else weight


def labels_of(example: Example) -> dict[str, int | None]:
    """Return which of Detoxify's finer labels a toxic text has; None where its set cannot tell."""
    found = {match.category for match in example.matches}
    return {
        "identity_hate": _is_hate(example, found),
        "threat": int("threat" in example.group or Category.THREAT in found),
        "insult": int(bool(found & {Category.HARASSMENT, Category.INSULT})),
        "obscene": int(bool(found & {Category.PROFANITY, Category.SEXUAL})),
    }


def _is_hate(example: Example, found: set[Category]) -> int | None:
    if example.set in NAMED_TEMPLATES:
        return None
    return int(example.category.startswith("hate") or Category.HATE_SPEECH in found)
