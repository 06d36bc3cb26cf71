"""Give every test the same settings, whatever `.env` says, and the services that it names."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import django
import pytest
import time_machine
from django.conf import settings

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
FROM_CALLER = {"DATABASE_URL", "REDIS_URL", "LOG_LEVEL"}
UNSET = {
    "ALLOWED_HOSTS", "AMQP_URL", "CELERY_BROKER_URL", "CONTENT_ENCRYPTION_KEYS", "CORS_ORIGINS",
    "CSRF_TRUSTED_ORIGINS", "DATABASE_URL",
    "DETOXIFY_CHECKPOINT", "DETOXIFY_CONFIG_DIR", "DISCORD_REVIEW_CHANNEL", "DISCORD_TOKEN",
    "ENABLE_METRICS", "LOG_LEVEL", "OPEN_PROJECT", "OPEN_PROJECT_PUBLIC", "QUEUE_PROJECT",
    "RATE_LIMIT_REQUESTS_PER_HOUR",
    "RATE_LIMIT_REQUESTS_PER_MINUTE", "RABBITMQ_URL", "REDIS_URL", "TRUSTED_PROXIES",
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


DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}

MISSING = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    # pytest-django starts Django itself only where the settings are named before this file is read.
    django.setup()
    # One password takes the usual hasher half a second, on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Messages of tests are dated months ago, and each tick would add up hours for half a second.
    settings.HOUSEKEEPING = [job for job in settings.HOUSEKEEPING if "sum_hours" not in job]
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("postgresql"):
        # No test outlives its database, so that no commit needs to wait for the disk.
        database["OPTIONS"]["options"] = "-c synchronous_commit=off"
    empty = import_module("tests.databases").empty
    import_module("django.test").TransactionTestCase._fixture_teardown = lambda _: empty()
    config.stash[MISSING] = missing(list(ADDRESSES))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Keep from the workers what makes pytest-django read the settings before this file.

    Otherwise each would have the Redis database of the first.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On PostgreSQL, mark what touches no database and no service as standalone.

    It gives the same answer on both passes.
    """
    if not os.environ["DATABASE_URL"]:
        return
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marks = {mark.name for mark in item.iter_markers()}
        if not (fixtures & DATABASE_FIXTURES or marks & {"django_db", "services", "on_services"}):
            item.add_marker("standalone")


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


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that all workers of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest) -> None:
    """Make the test database as pytest-django does, but migrate only when the schema changed."""
    with import_module("tests.databases").migrated_once(settings.BASE_DIR / "var" / "tests"):
        request.getfixturevalue("django_db_setup")


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    """Forget between tests what the process remembers of projects and keys, and what it counted."""
    yield
    import_module("tests.messages").forget()
    if ADDRESSES["redis"] == settings.REDIS_URL:
        import_module("moderation.lib.rate_limit").limiter().storage.reset()


@pytest.fixture
def still_clock() -> Iterator[None]:
    """Stop the clock: otherwise a minute, and with it a rate limit's window, may end meanwhile."""
    with time_machine.travel(datetime.now(UTC), tick=False):
        yield


@pytest.fixture
def lasting_caches(monkeypatch):
    """Let this process look up keys and rules only once, so that queries can be counted.

    Otherwise a slow machine makes one more query: both caches end after less than a second.
    """
    monkeypatch.setattr("moderation.accounts.key_lookup.KEY_CACHE_SECONDS", 3600)
    monkeypatch.setattr("moderation.rules.active.CHECK_SECONDS", 3600)


@pytest.fixture
def arena(db):
    """Return a project with the balanced preset and a word for each verdict."""
    messages = import_module("tests.messages")
    made = messages.project()
    messages.words(made)
    return made
