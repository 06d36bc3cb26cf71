"""Judge texts and show why; store nothing."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation import pipeline, queries, toxicity
from moderation.answers import analysis_of
from moderation.errors import Invalid
from moderation.ingest import MAX_CONTENT_LENGTH
from moderation.management.base import (
    GavelCommand,
    add_format,
    add_project,
    project_of,
    with_progress,
)

PLAIN_MARKS = ("[[", "]]")
BOLD_MARKS = ("\x1b[1;31m", "\x1b[0m")
#: Signs that would steer the terminal.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: What is left of bytes that are no UTF-8.
HALF_PAIR = re.compile("[\ud800-\udfff]")


class Command(GavelCommand):
    help = "Judge a text as the project would, mark the words that were found, store nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", metavar="TEXT", nargs="?")
        parser.add_argument("--file", type=Path, metavar="F", help="one text a line; - is stdin")
        parser.add_argument("--language", metavar="L", help="the text's language, if you know it")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        texts = _texts(options)
        in_force = queries.in_force(project_of(options["project"]))
        toxicity.wait_until_loaded()
        found = [
            analysis_of(pipeline.analyze(text, in_force, options["language"]))
            for text in with_progress(texts)
        ]
        marks = BOLD_MARKS if self.stdout.isatty() and not options["no_color"] else PLAIN_MARKS
        shown = [_lines(*pair, marks) for pair in zip(texts, found, strict=True)]
        self.show(options, found if options["file"] else found[0], "\n\n".join(shown))


def _texts(options: dict[str, Any]) -> list[str]:
    if (options["text"] is None) == (options["file"] is None):
        raise CommandError("Give either a TEXT or --file F.")
    texts = [options["text"]] if options["file"] is None else _lines_of(options["file"])
    for text in texts:
        _check(text)
    return texts


def _lines_of(path: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "is not UTF-8") from None
    if texts := [line for line in text.split("\n") if line.strip()]:
        return texts
    raise Invalid("file", "has no text")


def _check(text: str) -> None:
    if not 1 <= len(text) <= MAX_CONTENT_LENGTH:
        raise Invalid("text", f"must have 1 to {MAX_CONTENT_LENGTH} characters")
    if HALF_PAIR.search(text):
        raise Invalid("text", "is not UTF-8")


def _lines(text: str, found: dict[str, Any], marks: tuple[str, str]) -> str:
    verdict = f"{found['verdict']} (severity {found['severity']}, score {found['toxicity_score']})"
    lines = [_marked(text, [*found["matches"], *found["pii"]], marks), f"  verdict: {verdict}"]
    named = {"reasons": found["reasons"], "words": found["detected_words"]}
    lines += [f"  {name}: {', '.join(values)}" for name, values in named.items() if values]
    return "\n".join([*lines, f"  language: {found['language']}"])


def _marked(text: str, spans: Iterable[dict[str, Any]], marks: tuple[str, str]) -> str:
    """Return the text with each stretch of found signs between the marks."""
    flags = bytearray(b"." * len(text))
    for span in spans:
        flags[span["start"] : span["end"]] = b"x" * (span["end"] - span["start"])
    shown = CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    parts = []
    for stretch in re.finditer(r"x+|\.+", flags.decode()):
        part = shown[slice(*stretch.span())]
        parts.append(f"{marks[0]}{part}{marks[1]}" if stretch[0][0] == "x" else part)
    return "".join(parts)
