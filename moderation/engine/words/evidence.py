"""Weigh what speaks for a hit: an ordinary word is never read as a disguise of a listed one."""

import re
from collections.abc import Container, Mapping
from dataclasses import replace

from moderation.engine.text.fold import TextView, exact_form
from moderation.engine.text.homographs import FEWEST_WORDS, homographs, is_foreign
from moderation.engine.text.language import has_roman_urdu
from moderation.engine.text.ordinary import is_ordinary
from moderation.engine.text.tokens import tokens_of
from moderation.engine.text.views import TextViews
from moderation.engine.words.entries import Entry, Form, Hit
from moderation.engine.words.first_names import is_first_name

#: Letters of the alphabets that have look-alikes of Latin letters.
OTHER_ALPHABET = re.compile("[\u0370-\u058f]")
ROMAN_URDU = "ur-Latn"
#: A name as it is written, and one beside it.
NAME = re.compile(r"[A-Z][a-z]+")
NAME_AFTER = re.compile(r" ([A-Z][a-z]{2,})\b")
NAME_BEFORE = re.compile(r"\b([A-Z][a-z]+)\.? $")
LONGEST_NAME = 30
#: The most that a word of another language is worth alone: a flag.
MOST_OF_HOMOGRAPH = 0.75


class Evidence:
    """One text; as_written: the entries with accents or of another script, as they are written.

    listed: all folded words of the list.
    """

    def __init__(
        self, views: TextViews, as_written: Mapping[str, Entry], listed: Container[str]
    ) -> None:
        self._views = views
        self._as_written = as_written
        self._listed = listed

    def weigh(self, view: TextView, hit: Hit) -> Hit | None:
        """Return the hit; None for an ordinary word or where too little speaks for it."""
        start, end = view.span(hit.start, hit.end)
        written = exact_form(self._views.text[start:end])
        if not written.isascii() and written in self._as_written:
            return replace(hit, entry=self._as_written[written])
        is_exact = written == exact_form(hit.entry.word)
        # A disguise without signs was weighed when it was read; "part" hits ordinary words, too.
        is_read = hit.form is not Form.WRITTEN and written == view.text[hit.start : hit.end]
        if not is_exact and not is_read and self._is_another_word(written):
            return None
        if hit.entry.kind == "literal" and not is_exact:
            return None
        if hit.form is Form.SOUND_ALIKE and not has_roman_urdu(view.text, but=written):
            return None
        return self._weigh_homograph(view, hit, written)

    def _is_another_word(self, written: str) -> bool:
        if is_ordinary(written):
            return True
        # A word wholly of another alphabet, among others of it, imitates no Latin word.
        is_other_alphabet = not written.isascii() and not OTHER_ALPHABET.sub("", written)
        return is_other_alphabet and bool(OTHER_ALPHABET.search(self._views.folded.text))

    def _weigh_homograph(self, view: TextView, hit: Hit, written: str) -> Hit | None:
        if hit.entry.entry_id or written not in homographs():
            return hit
        if homographs()[written].is_name and self._is_name(*view.span(hit.start, hit.end)):
            return None
        is_roman_urdu = hit.entry.language == ROMAN_URDU
        if is_foreign(written, view.text, self._views.text, is_roman_urdu=is_roman_urdu):
            return None
        if len(tokens_of(view.text).words) >= FEWEST_WORDS:
            return hit
        score = min(hit.entry.score, MOST_OF_HOMOGRAPH)
        return replace(hit, entry=replace(hit.entry, score=score))

    def _is_name(self, start: int, end: int) -> bool:
        """Say whether a word is a person's name, alone or one of two: "Dick Johnson"."""
        text = self._views.text
        if is_first_name(text, start, end):
            return True
        if not NAME.fullmatch(text, start, end):
            return False
        beside = (NAME_AFTER.match(text, end), NAME_BEFORE.search(text[:start][-LONGEST_NAME:]))
        names = [found[1].lower() for found in beside if found]
        return any(name not in self._listed and is_ordinary(name) for name in names)
