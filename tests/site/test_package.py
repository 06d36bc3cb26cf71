"""The wheel holds every file that the server needs, and the command `gavel` starts it."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from moderation_site import command, places
from moderation_site.version import VERSION
from tests.e2e.servers import ROOT

pytestmark = pytest.mark.standalone
PACKAGES = ("moderation/", "moderation_site/", "reviews/")
ASSETS = ("templates/", "static/")


def tracked():
    listing = ["git", "ls-files", "-z"]
    listed = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True)
    names = listed.stdout.decode().split("\0")
    return [name for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel from a copy: a build leaves folders beside the sources."""
    folder = tmp_path_factory.mktemp("package")
    needed = (
        *PACKAGES,
        *ASSETS,
        "pyproject.toml",
        "setup.py",
        "README.md",
        "LICENSE",
        "requirements",
    )
    for name in tracked():
        if name.startswith(needed):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place)
    build = "import setuptools.build_meta as b; print(b.build_wheel('.'))"
    done = subprocess.run(
        [sys.executable, "-c", build], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return ZipFile(folder / done.stdout.split()[-1])


@pytest.mark.slow
def test_every_file_of_the_server_is_in_the_wheel(wheel):
    wanted = {name for name in tracked() if name.startswith(PACKAGES)}
    wanted |= {f"moderation_site/{name}" for name in tracked() if name.startswith(ASSETS)}
    assert wanted - set(wheel.namelist()) == set()
    assert not [
        name for name in wheel.namelist() if "__pycache__" in name or name.startswith("tests")
    ]


def test_the_wheel_names_its_command_version_and_requirements(wheel):
    told = {name.rpartition("/")[2]: name for name in wheel.namelist() if ".dist-info/" in name}
    assert b"gavel = moderation_site.command:main" in wheel.read(told["entry_points.txt"])
    metadata = wheel.read(told["METADATA"]).decode()
    assert f"\nVersion: {VERSION}\n" in metadata
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        if not line.startswith("#"):
            assert f"\nRequires-Dist: {line.partition('[')[0].partition('==')[0]}" in metadata


def test_the_version_stands_in_one_place():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "version" in project["dynamic"]


@pytest.mark.parametrize(
    ("variables", "is_checkout", "folder"),
    [
        ({"GAVEL_HOME": "/srv/gavel"}, True, "/srv/gavel"),
        ({"GAVEL_HOME": "/srv/gavel"}, False, "/srv/gavel"),
        ({}, True, str(ROOT / "var")),
        ({"XDG_DATA_HOME": "/home/lena/data"}, False, "/home/lena/data/gavel"),
        ({"HOME": "/home/lena", "XDG_DATA_HOME": ""}, False, "/home/lena/.local/share/gavel"),
    ],
)
def test_the_data_has_its_folder(monkeypatch, variables, is_checkout, folder):
    monkeypatch.delenv("GAVEL_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places, "IS_CHECKOUT", is_checkout)
    monkeypatch.setattr(places.sys, "platform", "linux")
    assert places.data_folder() == Path(folder)


@pytest.fixture
def run(monkeypatch):
    """Run `gavel` with these words; return the commands that it ran, and its environment."""
    ran = []
    monkeypatch.setattr(command, "execute_from_command_line", lambda words: ran.append(words[1:]))
    monkeypatch.setattr(command, "read_dotenv", lambda _path: None)
    environment = {"PATH": "/bin"}
    monkeypatch.setattr(command.os, "environ", environment)

    def run(*words, **variables):
        environment.update(variables)
        monkeypatch.setattr(command.sys, "argv", ["gavel", *words])
        command.main()
        return ran, environment

    return run


SERVE = ["serve", "--host", "127.0.0.1", "--port", "8000"]


def test_gavel_alone_prepares_everything_and_serves(run):
    ran, environment = run()
    assert ran == [["migrate", "--verbosity", "0"], ["load_demo"], SERVE]
    assert (environment["DEBUG"], environment["OPEN_PROJECT"]) == ("true", "demo")


def test_in_production_there_is_no_demo(run):
    ran, environment = run("up", DEBUG="false")
    assert ran == [["migrate", "--verbosity", "0"], SERVE]
    assert "OPEN_PROJECT" not in environment


def test_the_demo_names_the_port(run):
    ran, environment = run("up", "--port", "9000")
    assert (ran[-1][-1], environment["PORT"]) == ("9000", "9000")


def test_other_words_are_commands_of_manage(run):
    assert run("doctor", "--format", "json")[0] == [["doctor", "--format", "json"]]
