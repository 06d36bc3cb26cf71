"""The product's settings, with one more address: the empty view that all else is measured by.

BENCH_MODEL=detoxify:hangs puts a model of our own in: bench/hanging.py.
"""

import os

from moderation_site.settings import *  # noqa: F403 - the product's settings, all of them

# The empty view stands beside the API, and is asked over HTTP like it.
SECURE_SSL_REDIRECT = False
ROOT_URLCONF = "bench.urls"
TOXICITY_MODEL = os.environ.get("BENCH_MODEL", "bundled")
