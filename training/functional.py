"""Write sentences by what they do: abuse, and what only looks like it.

The grammars in `training/grammar/` hold templates with slots, sorted by function: hatred with and
without coarse words, threats, denial, quotation, counter speech, idioms, coarse praise, chat. Most
functions come in pairs that share their words and differ in order and scope alone. They were
written for Gavel from the published names of functional tests; none was copied from a test set.
"""

import random
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from moderation.engine.matches import Category
from moderation.engine.words.lexicon import lexicon_entries

FOLDER = Path(__file__).resolve().parent / "grammar"
LANGUAGES = ("en", "es", "ur-Latn")
HEADING = re.compile(r"\[(\w+) ([01])\]")
SLOT = re.compile(r"(\w+) = (.+)")
CHOICE = re.compile(r"\(([^()]*)\)")
FILLED = re.compile(r"\{(\w+)\}")
SPACES = re.compile(r"\s+")
#: Sentences of one template; one with many choices gives more.
FEWEST, MOST = 6, 26
INSULTS = {Category.INSULT, Category.HARASSMENT}
COARSE = {Category.PROFANITY, Category.SEXUAL}


@dataclass(frozen=True)
class Template:
    language: str
    function: str
    label: int
    text: str

    @property
    def name(self) -> str:
        return f"{self.language}:{self.function}:{self.text}"


@dataclass(frozen=True)
class Sentence:
    template: Template
    text: str


@dataclass
class Grammar:
    """One language's templates, and what fills their slots."""

    language: str
    templates: list[Template] = field(default_factory=list)
    slots: dict[str, list[str]] = field(default_factory=dict)


def sentences(seed: int) -> Iterator[Sentence]:
    """Yield distinct sentences of every template, the same ones for the same seed."""
    chooser = random.Random(seed)
    for language in LANGUAGES:
        grammar = grammar_of(language)
        seen: set[str] = set()
        for template in grammar.templates:
            for _ in range(_wanted(template.text)):
                text = filled(template.text, grammar.slots, chooser)
                if text.lower() not in seen:
                    seen.add(text.lower())
                    yield Sentence(template, _in_case(text, chooser))


@cache
def grammar_of(language: str) -> Grammar:
    grammar = Grammar(language, slots=_listed_slots(language))
    function, label = "", 0
    for line in (FOLDER / f"{language}.txt").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if heading := HEADING.fullmatch(line):
            function, label = heading[1], int(heading[2])
        elif not function and (slot := SLOT.fullmatch(line)):
            grammar.slots[slot[1]] = [choice.strip() for choice in slot[2].split(" | ")]
        else:
            grammar.templates.append(Template(language, function, label, line))
    return grammar


def filled(text: str, slots: Mapping[str, list[str]], chooser: random.Random) -> str:
    """Return the text with one choice made for each bracket and slot."""
    while CHOICE.search(text):
        text = CHOICE.sub(lambda found: chooser.choice(found[1].split("|")), text)
    text = FILLED.sub(lambda found: chooser.choice(slots[found[1]]), text)
    return SPACES.sub(" ", text).strip()


def _wanted(text: str) -> int:
    ways = text.count("|") + 4 * len(FILLED.findall(text))
    return max(FEWEST, min(MOST, ways))


def _in_case(text: str, chooser: random.Random) -> str:
    return text[:1].upper() + text[1:] if chooser.random() < 0.5 else text


def _listed_slots(language: str) -> dict[str, list[str]]:
    """Return the bundled lists' words by what they are, those of the language alone."""
    words: dict[str, list[str]] = {"insult": [], "slur": [], "coarse": []}
    for entry in lexicon_entries():
        if entry.language != language or not entry.word.isalpha():
            continue
        if entry.category in INSULTS:
            words["insult"].append(entry.word)
        elif entry.category is Category.HATE_SPEECH:
            words["slur"].append(entry.word)
        elif entry.category in COARSE:
            words["coarse"].append(entry.word)
    ending = "s" if language != "ur-Latn" else ""
    plurals = {f"{name}s": [f"{word}{ending}" for word in found] for name, found in words.items()}
    return words | plurals
