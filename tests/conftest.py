"""Give every test the same settings, whatever `.env` says, and the services that it names."""

import os

import django
import pytest

from tests.services import ADDRESSES, chromium, missing, place, redis_of_its_own

#: Set before Django reads them; the Makefile gives DATABASE_URL and REDIS_URL for the second run.
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "moderation_site.settings",
    "DEBUG": "true",
    "SECRET_KEY": "only-for-tests-0123456789-abcdefghij",
    "LOG_FORMAT": "console",
    # Most tests are about what follows from a verdict: the rules give it, word by word.
    "TOXICITY_MODEL": "off",
}
FROM_CALLER = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "LOG_LEVEL"}
UNSET = {
    "ALLOWED_HOSTS", "CELERY_BROKER_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL",
    "DETOXIFY_CHECKPOINT", "DETOXIFY_CONFIG_DIR", "LOG_LEVEL", "OPEN_PROJECT",
    "OPEN_PROJECT_PUBLIC", "QUEUE_PROJECT", "RATE_LIMIT_REQUESTS_PER_HOUR",
    "RATE_LIMIT_REQUESTS_PER_MINUTE", "REDIS_URL", "TRUSTED_PROXIES",
    "WS_EVENTS_PER_MINUTE", "WS_MAX_CONNECTIONS_PER_IP", "WS_ROOMS_PER_CONNECTION",
}  # fmt: skip

for variable, value in {**dict.fromkeys(UNSET, ""), **ENVIRONMENT}.items():
    if variable in FROM_CALLER:
        os.environ.setdefault(variable, value)
    else:
        os.environ[variable] = value
if os.environ["REDIS_URL"]:
    os.environ["REDIS_URL"] = redis_of_its_own(os.environ["REDIS_URL"])

IN_CI = os.environ.get("CI", "").lower() == "true"


MISSING = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    # pytest-django starts Django itself only where the settings are named before this file is read.
    django.setup()
    config.stash[MISSING] = missing(list(ADDRESSES))


def pytest_report_header(config: pytest.Config) -> list[str]:
    gone = config.stash[MISSING]
    found = [name for name in ADDRESSES if name not in gone]
    return [f"services found: {', '.join(found) or 'none'}; missing: {', '.join(gone) or 'none'}"]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose service is missing; in CI, fail it."""
    needed = [name for mark in item.iter_markers("services") for name in mark.args]
    gone = [f"{name} at {place(name)}" for name in needed if name in item.config.stash[MISSING]]
    if item.get_closest_marker("browser") and not chromium():
        gone.append("Chromium")
    if gone and IN_CI:
        pytest.fail(f"missing service: {', '.join(gone)}", pytrace=False)
    if gone:
        pytest.skip(f"missing service: {', '.join(gone)}")


@pytest.fixture(scope="session")
def services(pytestconfig: pytest.Config) -> set[str]:
    """Return the names of the services that answer."""
    return set(ADDRESSES) - set(pytestconfig.stash[MISSING])
