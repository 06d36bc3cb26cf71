"""Fit a project's own model on its moderators' decisions, let it judge, or take it back."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from moderation import queries, rules
from moderation.management.base import (
    ACTOR,
    GavelCommand,
    add_format,
    add_project,
    number_from_one,
    project_of,
    show_progress,
)
from moderation.models import ModelState, ModelVersion, Project
from reviews import learning
from reviews.management.showing_models import made_from, made_into, state_data, state_lines

#: `--activate` without a number.
SHADOW = -1


class Command(GavelCommand):
    help = (
        "Fit the project's own model on what its moderators decided and print its held-out "
        "figures. It runs in shadow, where it changes nothing, until --activate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=number_from_one, metavar="N", help="rulings of the last N days; all"
        )
        parser.add_argument(
            "--with-keys", action="store_true", help="learn from rulings by API keys as well"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--activate", nargs="?", type=number_from_one, const=SHADOW, metavar="NUMBER",
            help="let the model in shadow judge, or that one; where none is in shadow, or with "
            "--days or --with-keys, one is fitted first",
        )  # fmt: skip
        what.add_argument("--roll-back", action="store_true", help="go back to the one before")
        what.add_argument("--status", action="store_true", help="say which judges and which waits")
        what.add_argument("--dry-run", action="store_true", help="fit, print, store nothing")
        parser.add_argument(
            "--force", action="store_true", help="with --activate: even if it did worse"
        )
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        self._check(options)
        if options["status"]:
            self._tell_state(project, options)
        elif options["roll_back"]:
            self._roll_back(project, options)
        else:
            self._fit_or_activate(project, options)

    def _check(self, options: dict[str, Any]) -> None:
        fits = options["days"] or options["with_keys"]
        takes_stored = options["activate"] not in {None, SHADOW}
        if fits and (options["status"] or options["roll_back"] or takes_stored):
            raise CommandError("--days and --with-keys are for fitting a model, which this is not.")
        if options["force"] and options["activate"] is None:
            raise CommandError("--force goes with --activate.")

    def _fit_or_activate(self, project: Project, options: dict[str, Any]) -> None:
        learning.refuse_other_model()
        number = options["activate"]
        if number == SHADOW:
            number = None if options["days"] or options["with_keys"] else _in_shadow(project)
        if number is None:
            fitted = self._fit(project, options)
            if fitted is None or options["activate"] is None:
                return
            number = fitted.number
        rules.activate_model(project, ACTOR, number, is_forced=options["force"])
        text = f"Model {number} judges now, in every process within a second."
        self._tell(project, options, text)

    def _fit(self, project: Project, options: dict[str, Any]) -> ModelVersion | None:
        """Fit a model, print its figures, and store it unless this is a dry run."""
        since = timezone.now() - timedelta(days=options["days"]) if options["days"] else None
        rulings = learning.rulings_of(project, since, with_keys=options["with_keys"])
        as_text = options["format"] == "text"
        if as_text:
            self.stdout.write("\n".join(made_from(project, rulings.facts())))
        trained = learning.train(project, rulings, show_progress)
        if as_text:
            self.stdout.write("\n".join(made_into(trained.data)))
        if options["dry_run"]:
            self.show(options, trained.data, "Not stored, as this is a dry run.")
            return None
        version = rules.store_model(project, ACTOR, trained.weights, trained.data)
        if options["activate"] is None:
            text = (
                f"Model {version.number} runs in shadow now: it counts what it would have said, "
                "and says nothing. --status shows the count, --activate lets it judge."
            )
            self._tell(project, options, text)
        return version

    def _roll_back(self, project: Project, options: dict[str, Any]) -> None:
        before = rules.roll_back_model(project, ACTOR)
        judging = f"Model {before.number} judges" if before else "The bundled model judges alone"
        self._tell(project, options, f"{judging} now, in every process within a second.")

    def _tell_state(self, project: Project, options: dict[str, Any]) -> None:
        self._tell(project, options, "\n".join(state_lines(project)))

    def _tell(self, project: Project, options: dict[str, Any], text: str) -> None:
        self.show(options, state_data(project), text)


def _in_shadow(project: Project) -> int | None:
    shadows = queries.model_versions(project).filter(state=ModelState.SHADOW)
    return shadows.values_list("number", flat=True).first()
