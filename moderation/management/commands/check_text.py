"""Check texts and show the reasons; store nothing."""

import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.lib.errors import Invalid
from moderation.management.base import (
    GavelCommand,
    add_format,
    add_project,
    project_of,
    with_progress,
)
from moderation.pipeline.answers import analysis_of
from moderation.pipeline.moderate import analyze
from moderation.pipeline.shapes import AnalysisAnswer
from moderation.pipeline.submission import MAX_CONTENT_LENGTH
from moderation.rules.active import active_ruleset
from moderation.rules.scorer import wait_until_loaded

PLAIN_MARKS = ("[[", "]]")
BOLD_MARKS = ("\x1b[1;31m", "\x1b[0m")
#: Characters that would control the terminal.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: What Python makes of bytes that are not UTF-8.
HALF_PAIR = re.compile("[\ud800-\udfff]")


class Command(GavelCommand):
    help = "Check a text as the project would, mark the words found, store nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("text", metavar="TEXT", nargs="?")
        parser.add_argument("--file", type=Path, metavar="F", help="one text per line; - is stdin")
        parser.add_argument("--language", metavar="L", help="the text's language, if you know it")
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        if (options["text"] is None) == (options["file"] is None):
            raise CommandError("Give either a TEXT or --file F.")
        texts = [options["text"]] if options["file"] is None else texts_in(options["file"])
        for text in texts:
            if not 1 <= len(text) <= MAX_CONTENT_LENGTH:
                raise Invalid("text", f"must have 1 to {MAX_CONTENT_LENGTH} characters")
            if HALF_PAIR.search(text):
                raise Invalid("text", "is not UTF-8")
        active = active_ruleset(project_of(options["project"]))
        wait_until_loaded()
        answers = [
            analysis_of(analyze(text, active, options["language"])) for text in with_progress(texts)
        ]
        marks = BOLD_MARKS if self.stdout.isatty() and not options["no_color"] else PLAIN_MARKS
        shown = [described(*pair, marks) for pair in zip(texts, answers, strict=True)]
        self.show(options, answers if options["file"] else answers[0], "\n\n".join(shown))


def texts_in(path: Path) -> list[str]:
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("file", "is not UTF-8") from None
    if texts := [line for line in text.split("\n") if line.strip()]:
        return texts
    raise Invalid("file", "has no text")


def described(text: str, answer: AnalysisAnswer, marks: tuple[str, str]) -> str:
    """Return the text with its findings between the marks, and the verdict in lines below."""
    spans = [(match["start"], match["end"]) for match in answer["matches"]]
    spans += [(found["start"], found["end"]) for found in answer["pii"]]
    severity = f"severity {answer['severity']}, score {answer['toxicity_score']}"
    lines = [marked(text, spans, marks), f"  verdict: {answer['verdict']} ({severity})"]
    named = {"reasons": answer["reasons"], "words": answer["detected_words"]}
    lines += [f"  {name}: {', '.join(values)}" for name, values in named.items() if values]
    return "\n".join([*lines, f"  language: {answer['language']}"])


def marked(text: str, spans: Iterable[tuple[int, int]], marks: tuple[str, str]) -> str:
    """Return the text with each stretch of found characters between the marks."""
    flags = bytearray(b"." * len(text))
    for start, end in spans:
        flags[start:end] = b"x" * (end - start)
    shown = CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
    parts = []
    for stretch in re.finditer(r"x+|\.+", flags.decode()):
        part = shown[slice(*stretch.span())]
        parts.append(f"{marks[0]}{part}{marks[1]}" if stretch[0][0] == "x" else part)
    return "".join(parts)
