"""The labelled texts: which sets, how much each counts, and what their rows teach."""

import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

from moderation.engine.classify import classify
from moderation.engine.data import rows
from moderation.engine.features import TOKEN, Features, features_of, kind_of
from moderation.engine.lexicon import lexicon_entries
from moderation.engine.matches import Category, Match
from moderation.engine.reading import read
from moderation.engine.ruleset import build_ruleset
from moderation.engine.toxicity import Seen

FOLDS = 5
RULESET = build_ruleset()
SENTENCE = re.compile(r"[^.!?\n]+[.!?\n]*")
#: Sets by what a row of theirs counts. Those of templates repeat themselves and count less; the few
#: of surge_toxicity, which are the likest to a chat, count most.
WEIGHTS = {
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
    "youtube_spam": 3.0,
}
FUNCTIONAL = {"hatecheck_en", "mhc_es", "mhc_hi_latn", "hatemoji_check"}
TEMPLATES = FUNCTIONAL | {"identity_templates_en", "identity_templates_hi_latn"}
HATE_ONLY = FUNCTIONAL | {"hatemoji_build"}
SPAM_SETS = {"sms_spam", "youtube_spam"}
#: What these sets call "no hate" may still be a threat or an insult to one person.
NO_EVIDENCE = {"target_indiv_nh", "target_group_nh"}
MADE = {
    "clean_sentences": 1.5,
    "toxic_sentences": 1.0,
    "joined": 1.5,
    "listed_words": 0.5,
    "innocent_words": 2.0,
    "disguised": 0.5,
}
#: Long clean texts, and chat that is coarse among friends.
CLEAN_COUNTS_DOUBLE = {"joined", "sms_spam", "youtube_spam"}
STRONG = 0.6
LISTED = 0.4
#: What a long comment counts that is toxic as a whole: most of its words are innocent.
LONG, LONG_SHARE = 25, 0.1
SHORTEST_SENTENCE = 15
#: Of so many texts a misspelt copy is made.
DISGUISED_SHARE = 0.2
FEWEST_DISGUISED = 4
WORD = re.compile(r"[^\W\d_]{4,}")


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
    tags: frozenset[str] = field(default_factory=frozenset)

    @property
    def is_toxic(self) -> bool:
        return bool(self.label) and self.set not in SPAM_SETS | {"pii_presidio"}

    @property
    def is_spam(self) -> bool:
        return bool(self.label) and self.set in SPAM_SETS


def read_sets(folder: Path) -> list[Example]:
    """Return the rows of all sets in the folder, `NAME.jsonl` or `NAME.jsonl.gz`."""
    examples = [example for name in sorted(WEIGHTS) for example in _read_set(folder, name)]
    if not examples:
        raise SystemExit(f"There is none of the sets in {folder}.")
    return examples


def _read_set(folder: Path, name: str) -> Iterator[Example]:
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


def examples_of(folder: Path, seed: int) -> list[Example]:
    """Return all that the model is taught: the sets, and what is made from them."""
    chooser = random.Random(seed)
    seen = [_looked_at(example) for example in read_sets(folder)]
    sentences = [_looked_at(example) for example in _sentences(seen)]
    made = [
        *_listed_words(),
        *_innocent_words(),
        *_joined(sentences, chooser),
        *_disguised(seen, chooser),
    ]
    return [*seen, *sentences, *(_looked_at(example) for example in made)]


def _looked_at(example: Example) -> Example:
    reading = read(example.text)
    matches = classify(example.text, RULESET).matches
    example = replace(
        example,
        features=features_of(Seen(example.text, reading, matches)),
        matches=matches,
        fold=example.fold if example.set in MADE else _fold_of(example),
    )
    return replace(example, weight=_weight_of(example))


def _fold_of(example: Example) -> int:
    """Return the same fold for all texts that differ only in whom they speak of."""
    tokens = TOKEN.findall(read(example.text).views[-1].text)
    if example.set in TEMPLATES:
        kinds = [kind_of(token) for token in tokens]
        tokens = [kind for at, kind in enumerate(kinds) if kind != "<people>" or at == 0]
    return sha256(" ".join(tokens).encode()).digest()[0] % FOLDS


def _weight_of(example: Example) -> float:
    weight = {**WEIGHTS, **MADE}[example.set]
    if example.is_spam:
        return weight * 0.3
    if example.is_toxic:
        is_long = example.set == "toxic_spans" and len(example.features.tokens) > LONG
        return weight * LONG_SHARE if is_long else weight
    is_strong = any(match.score >= STRONG for match in example.matches)
    if example.group in NO_EVIDENCE or (example.set == "hatemoji_build" and is_strong):
        return 0.0
    if example.set in FUNCTIONAL or example.set in CLEAN_COUNTS_DOUBLE:
        weight *= 2
    if example.set in FUNCTIONAL:
        return weight
    return weight * 3 if any(match.score >= LISTED for match in example.matches) else weight


def _sentences(examples: Sequence[Example]) -> Iterator[Example]:
    """Yield the sentences of toxic comments: those with a listed word as toxic, others as clean.

    The set marks whole comments; where one sentence explains the mark, the rest is clean.
    """
    for example in examples:
        if example.set != "toxic_spans":
            continue
        sentences = [found.strip() for found in SENTENCE.findall(example.text)]
        sentences = [text for text in sentences if len(text) > SHORTEST_SENTENCE]
        found = [classify(text, RULESET) for text in sentences]
        if len(sentences) > 1 and any(one.score >= LISTED for one in found):
            for at, (text, one) in enumerate(zip(sentences, found, strict=True)):
                place, fold = f"{example.id}-{at}", example.fold
                if not one.matches:
                    yield Example("clean_sentences", place, text, 0, "none", fold=fold)
                elif one.score >= LISTED:
                    yield Example("toxic_sentences", place, text, 1, "toxic", fold=fold)


def _listed_words() -> Iterator[Example]:
    for at, entry in enumerate(lexicon_entries()):
        yield Example(
            "listed_words",
            f"word-{at}",
            entry.word,
            1,
            str(entry.category),
            language=entry.language,
            fold=at % FOLDS,
        )


def _innocent_words() -> Iterator[Example]:
    """Yield the words and phrases that only look like listed ones."""
    for at, (word, *_) in enumerate(rows("innocent.tsv")):
        if "*" not in word:
            yield Example("innocent_words", f"innocent-{at}", word, 0, "none", fold=at % FOLDS)


def _joined(sentences: Sequence[Example], chooser: random.Random) -> Iterator[Example]:
    """Yield long texts, clean ones and ones with something toxic: length itself says nothing."""
    for fold in range(FOLDS):
        clean = [one.text for one in sentences if one.fold == fold and not one.label]
        toxic = [one.text for one in sentences if one.fold == fold and one.label]
        for at in range(700 if clean else 0):
            parts = [chooser.choice(clean) for _ in range(chooser.choice((2, 3, 4, 6, 8, 12, 16)))]
            yield Example("joined", f"c{fold}-{at}", " ".join(parts), 0, "none", fold=fold)
        for at in range(200 if clean and toxic else 0):
            parts = [chooser.choice(clean) for _ in range(chooser.choice((2, 3, 5, 8)))]
            parts.insert(chooser.randrange(len(parts) + 1), chooser.choice(toxic))
            yield Example("joined", f"t{fold}-{at}", " ".join(parts), 1, "toxic", fold=fold)


def _disguised(examples: Sequence[Example], chooser: random.Random) -> Iterator[Example]:
    """Yield misspelt texts: toxic ones in their listed words, clean ones in ordinary words.

    So that a slip or a strange letter by itself says nothing, least of all where coarse words
    stand in a clean text.
    """
    for example in examples:
        if example.label != example.is_toxic or example.set in HATE_ONLY:
            continue
        if not example.is_toxic and example.matches:
            kinds = chooser.sample(DISGUISES, 2)
        else:
            kinds = chooser.sample(DISGUISES, int(chooser.random() < DISGUISED_SHARE))
        for at, disguise in enumerate(kinds):
            text = example.text
            for start, end in reversed(_to_disguise(example, chooser)):
                if end - start >= FEWEST_DISGUISED:
                    text = text[:start] + disguise(text[start:end], chooser) + text[end:]
            if text != example.text:
                yield replace(example, set="disguised", id=f"{example.id}-d{at}", text=text)


def _to_disguise(example: Example, chooser: random.Random) -> list[tuple[int, int]]:
    if example.is_toxic:
        return [(match.start, match.end) for match in example.matches if match.text.isalpha()]
    listed = [(match.start, match.end) for match in example.matches]
    found = [word.span() for word in WORD.finditer(example.text)]
    ordinary = [span for span in found if span not in listed]
    return [chooser.choice(ordinary)] if ordinary else []


def _swapped(word: str, chooser: random.Random) -> str:
    at = chooser.randint(1, len(word) - 3)
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


def _dropped(word: str, chooser: random.Random) -> str:
    places = [at for at in range(1, len(word)) if word[at].lower() in "aeiou"]
    at = chooser.choice(places) if places else len(word) - 1
    return word[:at] + word[at + 1 :]


def _glued(word: str, chooser: random.Random) -> str:
    rim = "".join(chooser.choice("xqzyk") for _ in range(2))
    return f"{rim}{word}{rim}"


def _doubled(word: str, chooser: random.Random) -> str:
    return "".join(sign * chooser.choice((1, 1, 2, 3)) for sign in word) + word[-1]


DISGUISES = (_swapped, _dropped, _glued, _doubled)


def labels_of(example: Example) -> dict[str, int | None]:
    """Return which of Detoxify's finer labels a toxic text has; None where its set cannot tell."""
    found = {match.category for match in example.matches}
    return {
        "identity_hate": _is_hate(example, found),
        "threat": _is_threat(example, found),
        "insult": int(bool(found & {Category.HARASSMENT, Category.INSULT})),
        "obscene": int(bool(found & {Category.PROFANITY, Category.SEXUAL})),
    }


def _is_hate(example: Example, found: set[Category]) -> int | None:
    if example.set.startswith("identity_templates"):
        return None
    hateful = example.category.startswith("hate") or Category.HATE_SPEECH in found
    return int(hateful)


def _is_threat(example: Example, found: set[Category]) -> int:
    return int("threat" in example.group or Category.THREAT in found)
