"""Run scripts under Node beside the npm packages of the folder they lie in."""

import os
import shutil
import subprocess

import pytest

NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
NPM_SECONDS = 240
RUN_SECONDS = 240


def runner(folder, home):
    """Install the folder's packages into `home`; return a function that runs a script of it.

    The function returns what the script prints. Without Node the test is skipped; in CI it fails.
    """
    if not (shutil.which("node") and shutil.which("npm")):
        missing = "missing: node with npm"
        (pytest.fail if os.environ.get("CI", "").lower() == "true" else pytest.skip)(missing)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(folder / name, home)
    subprocess.run(NPM, cwd=home, check=True, capture_output=True, timeout=NPM_SECONDS)

    def run(script, *arguments):
        shutil.copy(folder / script, home)
        command = ["node", script, *arguments]
        done = subprocess.run(
            command, cwd=home, check=False, capture_output=True, text=True, timeout=RUN_SECONDS
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run
