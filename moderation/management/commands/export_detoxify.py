"""Export Detoxify as ONNX with 8-bit weights."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from moderation.engine.model.detoxify.network import NetworkError
from moderation.engine.model.detoxify.scorer import NAMES, told_what_is_missing
from moderation.management.base import GavelCommand, add_format


class Command(GavelCommand):
    help = (
        "Export Detoxify as ONNX with 8-bit weights into a new folder, to serve it without torch; "
        "refused if the scores change too much."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="FOLDER", type=Path)
        parser.add_argument("--model", choices=NAMES, default=NAMES[0])
        parser.add_argument(
            "--checkpoint", metavar="F", type=Path, help="instead of DETOXIFY_CHECKPOINT"
        )
        parser.add_argument(
            "--config-dir", metavar="D", type=Path, help="instead of DETOXIFY_CONFIG_DIR"
        )
        add_format(parser)

    def run(self, options: dict[str, Any]) -> None:
        folder: Path = options["folder"]
        checkpoint = options["checkpoint"] or _path(settings.DETOXIFY_CHECKPOINT)
        config_dir = options["config_dir"] or _path(settings.DETOXIFY_CONFIG_DIR)
        try:
            with told_what_is_missing():
                from moderation.engine.model.detoxify.export import export  # noqa: PLC0415

            exported = export(options["model"], checkpoint, config_dir, folder)
        except NetworkError as error:
            raise CommandError(str(error)) from error
        shown = {"folder": str(folder), "bytes": exported.bytes, "drift": exported.drift}
        self.show(
            options,
            {**shown, "texts": exported.texts},
            f"{folder}: {exported.bytes / 1e6:.1f} MB; the scores of {exported.texts} texts "
            f"changed by at most {exported.drift:.4f}. Serve it with DETOXIFY_CHECKPOINT={folder}",
        )


def _path(text: str) -> Path | None:
    return Path(text) if text else None
