"""The command `gavel`: the commands of manage.py, and `up`, which prepares all and serves."""

import os
import sys
from argparse import ArgumentParser

from django.core.management import execute_from_command_line

from moderation_site.env import env_bool, one_line_refusal, read_dotenv
from moderation_site.places import base_folder

SETTINGS = "moderation_site.settings"


def main() -> None:
    """Run the command in the arguments; without one, `up`."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    words = sys.argv[1:] or ["up"]
    with one_line_refusal():
        if words[0] == "up":
            up(words[1:])
        else:
            execute_from_command_line(["gavel", *words])


def up(arguments: list[str]) -> None:
    """Migrate, load the demo project unless DEBUG is false, and serve until a signal ends it."""
    parser = ArgumentParser("gavel up", description=up.__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="default: PORT")
    options = parser.parse_args(arguments)
    read_dotenv(base_folder() / ".env")
    os.environ["PORT"] = options.port
    is_for_trying = env_bool("DEBUG", default=True)
    if is_for_trying:
        os.environ.setdefault("DEBUG", "true")
        os.environ.setdefault("OPEN_PROJECT", "demo")
    steps = [["migrate", "--verbosity", "0"], *([["load_demo"]] if is_for_trying else [])]
    for step in [*steps, ["serve", "--host", options.host, "--port", options.port]]:
        execute_from_command_line(["gavel", *step])
