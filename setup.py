"""What pyproject.toml cannot say: pages and their files stand beside the packages that use them."""

from setuptools import find_packages, setup

ROOMS = ["moderation*", "moderation_site*", "reviews*"]
ASSETS = {"moderation_site.templates": "templates", "moderation_site.static": "static"}

setup(packages=[*find_packages(include=ROOMS), *ASSETS], package_dir=ASSETS)
