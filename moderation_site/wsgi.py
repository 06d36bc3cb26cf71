"""Serve HTTP alone, for hosts without WebSockets; asgi.py serves everything."""

import os

from moderation_site.env import one_line_refusal
from moderation_site.handler import wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
with one_line_refusal():
    application = wsgi_application()

# This module loads models, which Django allows only after the line above.
from moderation.accounts.key_usage import start_in_process

start_in_process()
