"""Serve HTTP alone, for hosts without WebSockets; asgi.py serves everything."""

import os

from django.core.wsgi import get_wsgi_application

from moderation_site.env import one_line_refusal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moderation_site.settings")
with one_line_refusal():
    application = get_wsgi_application()

# Below: a module that loads models, which Django allows only after the line above.
from moderation import key_use

key_use.start_in_process()
