"""The product's settings, with one more address: the empty view that all else is measured by."""

from moderation_site.settings import *  # noqa: F403 - the product's settings, all of them

ROOT_URLCONF = "bench.urls"
