#!/usr/bin/env python3
"""Run Django's and Gavel's commands."""

import os
import sys

from django.core.management import execute_from_command_line

from moderation_site.env import one_line_refusal


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
    with one_line_refusal():
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
