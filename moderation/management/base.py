"""What the commands share: the project they mean, one-line errors, JSON and a progress bar."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from moderation.errors import GavelError, Invalid
from moderation.models import Project

#: Who the audit log says it was.
ACTOR = "command line"
BAR_WIDTH = 30

Item = TypeVar("Item")


class GavelCommand(BaseCommand):
    """A command whose `run` may raise any GavelError: it becomes one line and exit code 1."""

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.run(options)
        except GavelError as error:
            raise CommandError(line_of(error)) from error
        except (OperationalError, ProgrammingError) as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"The database cannot be used ({reason}); migrated?") from error
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise CommandError(f"{place}{error.strerror or error}") from error

    def run(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def show(self, options: dict[str, Any], data: Any, text: str) -> None:
        """Print the data where `--format json` asks for it, else the text."""
        as_json = options["format"] == "json"
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) if as_json else text)


def line_of(error: GavelError) -> str:
    return f"{error.field}: {error.detail}" if isinstance(error, Invalid) else error.detail


# --- Arguments


def add_format(parser: CommandParser) -> None:
    parser.add_argument(
        "--format", choices=["text", "json"], default="text", help="how to print the result"
    )


def add_project(parser: CommandParser) -> None:
    parser.add_argument(
        "--project", metavar="SLUG", help="may be left out where there is only one project"
    )


def number_from_one(text: str) -> int:
    """Read a whole number from 1 on; an argument's `type`."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 1_000_000:
        raise ArgumentTypeError(f"{text!r} is no whole number from 1 to 1000000")
    return int(text)


def list_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Return an argument's `type` that reads a comma list of known names."""
    names = list(known)

    def read(text: str) -> list[str]:
        found = [part.strip() for part in text.split(",") if part.strip()]
        if not found or not set(found) <= set(names):
            raise ArgumentTypeError(f"{text!r}: name some of {', '.join(names)}")
        return found

    return read


def project_of(slug: str | None) -> Project:
    """Return the named project; without a name the only one there is."""
    slugs = list(Project.objects.values_list("slug", flat=True))
    if not slugs:
        raise CommandError("There is no project yet; make one with create_project.")
    if slug is None and len(slugs) > 1:
        raise CommandError(f"Name the project, one of: {', '.join(slugs)}")
    if slug is not None and slug not in slugs:
        raise CommandError(f"There is no project {slug!r}; there are: {', '.join(slugs)}")
    return Project.objects.get(slug=slug or slugs[0])


# --- Progress


def with_progress(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items; on a terminal, show how far it is."""
    for done, item in enumerate(items, start=1):
        yield item
        show_progress(done, len(items))


def show_progress(done: int, total: int) -> None:
    """Draw the bar on stderr if that is a terminal; the last call ends its line."""
    if not sys.stderr.isatty() or not total:
        return
    filled = BAR_WIDTH * min(done, total) // total
    bar = "#" * filled + "-" * (BAR_WIDTH - filled)
    sys.stderr.write(f"\r[{bar}] {done}/{total}" + ("\n" if done >= total else ""))
    sys.stderr.flush()
