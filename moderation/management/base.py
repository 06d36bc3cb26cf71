"""Shared by the commands: choosing the project, one-line errors, JSON, a progress bar."""

import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError, ProgrammingError

from moderation.lib.errors import GavelError, Invalid
from moderation.models import Project

#: The actor in the audit log.
ACTOR = "command line"
BAR_WIDTH = 30

Item = TypeVar("Item")


class GavelCommand(BaseCommand):
    """A command that turns any GavelError of its `run` into one line and exit code 1."""

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        """Return the parser, whose errors are one line: `--help` shows the usage."""
        parser = super().create_parser(prog_name, subcommand, **options)
        parser.print_usage = lambda _file=None: None  # type: ignore[assignment, method-assign]
        return parser

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.run(options)
        except GavelError as error:
            raise CommandError(line_of(error)) from error
        except (OperationalError, ProgrammingError) as error:
            reason = " ".join(str(error).split())
            raise CommandError(
                f"The database cannot be used ({reason}). Is it migrated?"
            ) from error
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            raise CommandError(f"{place}{error.strerror or error}") from error

    def run(self, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def show(self, options: dict[str, Any], data: Any, text: str) -> None:
        """Print the data with `--format json`, else the text."""
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
        "--project", metavar="SLUG", help="may be left out if there is only one project"
    )


def number_from_one(text: str) -> int:
    """Read a whole number of at least 1; an argument's `type`."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:10]) <= 1_000_000:
        raise ArgumentTypeError(f"{text!r} is not a whole number from 1 to 1000000")
    return int(text)


def share(text: str) -> float:
    """Read a number from 0 to 1; an argument's `type`."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise ArgumentTypeError(f"{text!r} is not a number from 0 to 1")
    return number


def list_of(known: Iterable[str]) -> Callable[[str], list[str]]:
    """Return an argument's `type` that reads a comma list of known names."""
    names = list(known)

    def read(text: str) -> list[str]:
        chosen = [part.strip() for part in text.split(",") if part.strip()]
        if not chosen or not set(chosen) <= set(names):
            raise ArgumentTypeError(f"{text!r} must be a comma list of {', '.join(names)}")
        return chosen

    return read


def project_of(slug: str | None) -> Project:
    """Return the named project; without a name, the only one."""
    slugs = list(Project.objects.live().values_list("slug", flat=True))
    if not slugs:
        raise CommandError("There is no project yet; create one with create_project.")
    if slug is None and len(slugs) > 1:
        raise CommandError(f"Name the project, one of: {', '.join(slugs)}")
    if slug is not None and slug not in slugs:
        raise CommandError(f"There is no project {slug!r}; there are: {', '.join(slugs)}")
    return Project.objects.get(slug=slug or slugs[0])


# --- Progress


def with_progress(items: Sequence[Item]) -> Iterator[Item]:
    """Yield the items and, on a terminal, show the progress."""
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
