"""Projects behind the doors, and the clients that other people published.

Other modules are imported inside the fixtures: Django is not ready when this file is read.
"""

import os
import shutil
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

HERE = Path(__file__).parent
NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
NPM_SECONDS = 120


@pytest.fixture(autouse=True)
def fresh_process():
    """Forget what the process remembers of projects and keys between tests."""
    yield
    import_module("tests.messages").forget()


@pytest.fixture
def arena(db):
    """Return a project with the balanced preset and a word for each verdict."""
    messages = import_module("tests.messages")
    made = messages.project()
    messages.words(made)
    return made


@pytest.fixture
def key(arena):
    return import_module("tests.messages").key(arena, "check", "read")


@pytest.fixture
def served(transactional_db, live_server):
    """Return the address of a server with a project, and a key to it."""
    messages = import_module("tests.messages")
    return live_server.url, messages.key(messages.project(), "check", "read")


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Return a function that runs one of the scripts here beside the published npm clients."""
    if not (shutil.which("node") and shutil.which("npm")):
        missing = "missing: node with npm"
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(missing)
    home = tmp_path_factory.mktemp("npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, home)
    subprocess.run(NPM, cwd=home, check=True, capture_output=True, timeout=NPM_SECONDS)

    def run(script, *arguments):
        shutil.copy(HERE / script, home)
        command = ["node", script, *arguments]
        done = subprocess.run(
            command, cwd=home, check=False, capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
