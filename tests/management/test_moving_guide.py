"""The commands of the guide for Perspective's sites run as they are printed, in their order."""

import json
import re
import shlex
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from moderation.models import ApiKey, Project
from moderation.rules.active import policy_of
from tests.e2e.examples import examples_of
from tests.e2e.servers import ROOT
from tests.messages import forget

PAGE = ROOT / "docs" / "moving-from-perspective.md"
#: What every client has written into it.
OLD_HOST = "https://commentanalyzer.googleapis.com"
HOST = "https://gavel.example.org"
#: WordPress's part: it asks its filters before it calls, and prints what the plugin reads.
WORDPRESS = """<?php
$filters = [];
function add_filter($name, $filter, $order, $count) { global $filters; $filters[] = $filter; }
function wp_remote_request($url, $request) {
    global $filters;
    foreach ($filters as $filter) {
        $answer = $filter(false, $request, $url);
        if ($answer !== false) { return $answer; }
    }
    return $url . ' ' . $request['body'];
}
require 'gavel.php';
foreach (array_slice($argv, 1) as $url) {
    echo wp_remote_request($url, ['method' => 'POST', 'body' => '{}']), "\n";
}
"""
WORDS = ["Hello", "Good morning", "What a day", "damn", "you loser", "You fucking idiot"]


def commands():
    for example in examples_of(PAGE):
        for line in example.text.splitlines():
            if line.startswith("python manage.py "):
                yield shlex.split(line)[2:]


@pytest.fixture
def log(tmp_path, monkeypatch):
    """Lay the log that a site would have beside `manage.py`."""
    rows = [
        {"text": f"{WORDS[place % 6]} {number}", "scores": {"TOXICITY": place % 6 / 6}}
        for place, number in enumerate(range(10, 70))
    ]
    (tmp_path / "log.jsonl").write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.chdir(tmp_path)


def test_every_command_runs_and_leaves_what_it_promises(db, log, capsys):
    forget()
    given = list(commands())
    assert [command[0] for command in given] == [
        "create_project", "create_api_key", "create_api_key", "compare", "compare",
    ]  # fmt: skip
    for command in given:
        call_command(*command)
    project = Project.objects.get(slug="comments")
    keys = ApiKey.objects.filter(project=project)
    assert {key.name: key.scopes for key in keys} == {"perspective": ["check"], "setup": ["admin"]}
    assert policy_of(project).perspective_mapping["TOXICITY"]
    assert "TOXICITY: 60 texts" in capsys.readouterr().out


@pytest.mark.parametrize(
    "file", ["lib/discourse_perspective.rb", "node_modules/perspective-api-client/index.js"]
)
def test_the_commands_for_discourse_and_npm_exchange_the_host(tmp_path, file):
    place = tmp_path / file
    place.parent.mkdir(parents=True)
    place.write_text(f"HOST = '{OLD_HOST}' + '/v1alpha1/comments:analyze'")
    (command,) = [
        line
        for example in examples_of(PAGE)
        for line in example.text.splitlines()
        if line.startswith("sed ") and line.endswith(file)
    ]
    subprocess.run(shlex.split(command), cwd=tmp_path, check=True, timeout=30)
    assert place.read_text() == f"HOST = '{HOST}' + '/v1alpha1/comments:analyze'"


@pytest.mark.skipif(not shutil.which("php"), reason="missing program: php")
def test_wordpress_sends_its_plugins_calls_here_and_no_others(tmp_path):
    (code,) = re.findall(r"^```php\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    (tmp_path / "gavel.php").write_text(code)
    (tmp_path / "wordpress.php").write_text(WORDPRESS)
    other = "https://api.wordpress.org/?x=https://commentanalyzer.googleapis.com/"
    command = ["php", "wordpress.php", f"{OLD_HOST}/v1alpha1/comments:analyze?key=K", other]
    done = subprocess.run(
        command, cwd=tmp_path, check=True, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.splitlines() == [
        f"{HOST}/v1alpha1/comments:analyze?key=K {{}}", f"{other} {{}}",
    ]  # fmt: skip


def test_corals_custom_endpoint_is_an_address_of_ours(client, db):
    """Coral puts `/comments:analyze` behind the endpoint's path."""
    (endpoint,) = re.findall(r"\"Custom endpoint\" `([^`]+)`", PAGE.read_text())
    response = client.post(f"{urlsplit(endpoint).path}/comments:analyze", {})
    assert (response.status_code, response.json()["error"]["status"]) == (401, "UNAUTHENTICATED")
