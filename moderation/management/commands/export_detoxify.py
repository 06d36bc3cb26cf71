"""Export Detoxify as ONNX with 8-bit weights."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from moderation.detoxify.network import NetworkError
from moderation.detoxify.scorer import NAMES, part
from moderation.management.base import GavelCommand, add_format


class Command(GavelCommand):
    help = (
        "Export Detoxify as ONNX with 8-bit weights into a new folder, to be served without torch; "
        "refused where the scores move too far."
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
            made = part("export").export(options["model"], checkpoint, config_dir, folder)
        except NetworkError as error:
            raise CommandError(str(error)) from error
        shown = {"folder": str(folder), "bytes": made.bytes, "drift": made.drift}
        self.show(
            options,
            {**shown, "texts": made.texts},
            f"{folder}: {made.bytes / 1e6:.1f} MB; the scores of {made.texts} texts moved by "
            f"{made.drift:.4f} at most. Serve it with DETOXIFY_CHECKPOINT={folder}",
        )


def _path(text: str) -> Path | None:
    return Path(text) if text else None
