"""Fit a project's own model on its moderators' decisions, activate it, or roll it back."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from moderation import rules
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
from moderation.rules.loaded_models import model_versions
from reviews.evaluation import learning
from reviews.evaluation.learning.report import (
    describe_result,
    describe_training_set,
    state_data,
    state_lines,
)

#: `--activate` without a number.
SHADOW = -1


class Command(GavelCommand):
    help = (
        "Fit the project's own model on its moderators' decisions and print its held-out "
        "figures. It runs in shadow, where it changes nothing, until --activate."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=number_from_one, metavar="N", help="decisions of the last N days; all"
        )
        parser.add_argument(
            "--with-keys", action="store_true", help="include decisions by API keys"
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--activate", nargs="?", type=number_from_one, const=SHADOW, metavar="NUMBER",
            help="activate the model in shadow, or the given one; if none is in shadow, or with "
            "--days or --with-keys, fit one first",
        )  # fmt: skip
        what.add_argument("--roll-back", action="store_true", help="go back to the previous model")
        what.add_argument("--status", action="store_true", help="show the models and their state")
        what.add_argument("--dry-run", action="store_true", help="fit, print, store nothing")
        parser.add_argument(
            "--force", action="store_true", help="with --activate: even if it does worse"
        )
        add_project(parser)
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        project = project_of(options["project"])
        fits = options["days"] or options["with_keys"]
        takes_stored = options["activate"] not in {None, SHADOW}
        if fits and (options["status"] or options["roll_back"] or takes_stored):
            raise CommandError("--days and --with-keys only go with fitting a model.")
        if options["force"] and options["activate"] is None:
            raise CommandError("--force goes with --activate.")
        if options["status"]:
            self._show_state(project, options, "\n".join(state_lines(project)))
        elif options["roll_back"]:
            before = rules.roll_back_model(project, ACTOR)
            text = "The bundled model judges alone now, in every process within a second."
            if before:
                text = f"Model {before.number} judges now, in every process within a second."
            self._show_state(project, options, text)
        else:
            self._fit_or_activate(project, options)

    def _fit_or_activate(self, project: Project, options: dict[str, Any]) -> None:
        learning.refuse_other_model()
        number = options["activate"]
        if number == SHADOW:
            shadows = model_versions(project).filter(state=ModelState.SHADOW)
            number = shadows.values_list("number", flat=True).first()
            if options["days"] or options["with_keys"]:
                number = None
        if number is None:
            version = self._fit(project, options)
            if version is None or options["activate"] is None:
                return
            number = version.number
        rules.activate_model(project, ACTOR, number, is_forced=options["force"])
        text = f"Model {number} judges now, in every process within a second."
        self._show_state(project, options, text)

    def _fit(self, project: Project, options: dict[str, Any]) -> ModelVersion | None:
        """Fit a model, print its figures, and store it unless this is a dry run."""
        since = timezone.now() - timedelta(days=options["days"]) if options["days"] else None
        training_set = learning.training_set_of(project, since, with_keys=options["with_keys"])
        as_text = options["format"] == "text"
        if as_text:
            self.stdout.write("\n".join(describe_training_set(project, training_set.facts())))
        trained = learning.train(project, training_set, show_progress)
        if as_text:
            self.stdout.write("\n".join(describe_result(trained.data)))
        if options["dry_run"]:
            self.show(options, trained.data, "Dry run: the model is not stored.")
            return None
        version = rules.store_model(project, ACTOR, trained.weights, trained.data)
        if options["activate"] is None:
            text = (
                f"Model {version.number} runs in shadow now: it counts the verdicts it would "
                "change. --status shows the count, --activate lets it judge."
            )
            self._show_state(project, options, text)
        return version

    def _show_state(self, project: Project, options: dict[str, Any], text: str) -> None:
        self.show(options, state_data(project), text)
