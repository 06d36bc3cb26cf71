"""The files in deploy/: complete, consistent with the code, and safe."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
COMPOSE = ("compose.yaml", "compose.services.yaml")
UNITS = ("gavel.service", "gavel@.service", "gavel-worker@.service")


def compose(name):
    return yaml.safe_load((DEPLOY / name).read_text())


def unit(name):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string((DEPLOY / name).read_text())
    return parser


def instructions():
    """Return the Dockerfile's instructions, continued lines joined."""
    text = re.sub(r"\\\n\s*", " ", (DEPLOY / "Dockerfile").read_text())
    lines = [line.strip() for line in text.splitlines()]
    return [line.partition(" ")[::2] for line in lines if line and not line.startswith("#")]


# --- The image


def test_image_runs_as_nobody_and_has_a_health_check():
    named = instructions()
    last = max(place for place, (name, _) in enumerate(named) if name == "FROM")
    final = dict(named[last:])
    assert final["USER"] == "gavel"
    assert "/readyz" in final["HEALTHCHECK"]
    assert "ALLOWED_HOSTS" in final["HEALTHCHECK"]
    assert re.search(r"--uid \d{5}", str(named))


def test_image_gets_what_the_server_needs_and_nothing_else():
    copied = {
        source
        for name, text in instructions()
        if name == "COPY" and "--from" not in text
        for source in text.split()[:-1]
    }
    assert {"manage.py", "moderation", "moderation_site", "reviews", "static", "templates"} < copied
    assert all(list(ROOT.glob(source)) for source in copied)
    kept = {line[1:] for line in (ROOT / ".dockerignore").read_text().split() if line[0] == "!"}
    assert copied - {"requirements.txt"} <= kept
    assert "requirements*.txt" in kept


def test_image_starts_the_server_like_the_readme():
    command = dict(instructions())["CMD"]
    readme = (ROOT / "README.md").read_text()
    wanted = re.search(r"python (manage.py serve .*)", readme)[1]
    assert all(f'"{word}"' in command for word in shlex.split(wanted))
    assert wanted.partition(" --")[0] in unit("gavel.service")["Service"]["ExecStart"]


# --- Compose


@pytest.mark.parametrize("name", COMPOSE)
def test_every_service_that_is_named_exists(name):
    file = compose(name)
    services = file["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service["networks"]) <= set(file["networks"])
        volumes = [text.partition(":")[0] for text in service.get("volumes", [])]
        assert all(one in file["volumes"] or (DEPLOY / one).exists() for one in volumes)


@pytest.mark.parametrize("name", COMPOSE)
def test_only_the_proxy_is_reached_from_outside(name):
    services = compose(name)["services"]
    assert [one for one, service in services.items() if service.get("ports")] == ["caddy"]


@pytest.mark.parametrize("name", COMPOSE)
def test_servers_start_after_migrating_and_can_do_little(name):
    services = compose(name)["services"]
    server = services["gavel"]
    assert server["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert (server["read_only"], server["cap_drop"]) == (True, ["ALL"])
    assert services["migrate"]["command"][:3] == ["python", "manage.py", "migrate"]


@pytest.mark.parametrize("name", COMPOSE)
def test_proxys_network_is_the_trusted_one(name):
    subnet = compose(name)["networks"]["inner"]["ipam"]["config"][0]["subnet"]
    assert f"TRUSTED_PROXIES={subnet}" in (DEPLOY / "env.example").read_text()


def test_example_settings_exist_and_hold_no_secret():
    lines = (DEPLOY / "env.example").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    documented = (ROOT / "docs/settings.md").read_text()
    unknown = [name for name in settings if f"`{name}`" not in documented]
    assert unknown == ["POSTGRES_PASSWORD"]
    assert (settings["SECRET_KEY"], settings["POSTGRES_PASSWORD"]) == ("", "")


# --- Kubernetes


def manifests():
    """Yield every object with its file, but for what only kustomize reads."""
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml")):
        if path.name != "kustomization.yaml":
            yield from ((path.name, one) for one in yaml.safe_load_all(path.read_text()))


def pods():
    return [
        one["spec"]["template"]["spec"]
        for _, one in manifests()
        if "template" in one.get("spec", {})
    ]


@pytest.mark.parametrize("manifest", [one for _, one in manifests()], ids=lambda one: one["kind"])
def test_kubernetes_knows_every_field(manifest):
    kubernetes_validate.validate(manifest, "1.37", strict=True)


def test_kustomization_names_every_file_but_the_job():
    named = yaml.safe_load((DEPLOY / "kubernetes" / "kustomization.yaml").read_text())
    files = {name for name, _ in manifests()}
    assert set(named["resources"]) == files - {"migrate.yaml"}


def test_pods_can_do_little_and_get_the_same_settings():
    assert len(pods()) == 3
    for pod in pods():
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert pod["securityContext"]["runAsUser"] == user_of_image()
        assert pod["automountServiceAccountToken"] is False
        assert [next(iter(one)) for one in container["envFrom"]] == ["configMapRef", "secretRef"]


def user_of_image():
    return int(re.search(r"--uid (\d+)", str(instructions()))[1])


def test_probes_ask_as_a_host_that_is_allowed():
    (hosts,) = [
        one["data"]["ALLOWED_HOSTS"] for _, one in manifests() if one["kind"] == "ConfigMap"
    ]
    text = (DEPLOY / "kubernetes" / "server.yaml").read_text()
    asked = re.findall(r"name: Host, value: (\S+)}", text)
    assert asked == [hosts] * 3


def test_manifests_hold_no_secret():
    secrets = [one for _, one in manifests() if one["kind"] == "Secret"]
    assert {value for one in secrets for value in one["stringData"].values()} == {""}


# --- systemd and proxies


@pytest.mark.parametrize("name", UNITS)
def test_unit_gives_up_all_rights(name):
    service = unit(name)["Service"]
    assert service["User"] == "gavel"
    assert service["NoNewPrivileges"] == "true"
    assert (service["ProtectSystem"], service["ReadWritePaths"]) == ("strict", "/opt/gavel/var")
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("name", UNITS)
@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_understands_the_unit(name, tmp_path):
    copy = tmp_path / name.replace("@", "@1")
    text = (DEPLOY / name).read_text()
    # The programs are not on this machine.
    copy.write_text(re.sub(r"^(Exec\w+)=\S+", r"\1=/bin/true", text, flags=re.MULTILINE))
    done = subprocess.run(
        [str(shutil.which("systemd-analyze")), "verify", "--man=no", str(copy)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if copy.name in line]
    assert told == []


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-hosts.conf", "Caddyfile"])
def test_braces_of_the_proxys_file_close(name):
    depth = 0
    for line in (DEPLOY / name).read_text().splitlines():
        code = re.sub(r"\{\$?\w+(:[^}]*)?\}", "", line.partition("#")[0])
        depth += code.count("{") - code.count("}")
        assert depth >= 0
    assert depth == 0


@pytest.mark.parametrize("name", ["nginx.conf", "nginx-hosts.conf"])
def test_nginx_believes_no_client_about_its_address(name):
    text = " ".join((DEPLOY / name).read_text().split())
    assert "X-Forwarded-For $remote_addr" in text
    assert "X-Forwarded-For $proxy_add" not in text
    assert "X-Forwarded-Proto $scheme" in text
    assert "access_log off" in text


def test_a_check_may_be_asked_of_another_process_but_nothing_else_that_writes():
    text = (DEPLOY / "nginx-hosts.conf").read_text()
    places = dict(re.findall(r"location (\S+) \{(.*?)\}", text, re.DOTALL))
    retried = [place for place, body in places.items() if "non_idempotent" in body]
    assert retried == ["/api/v1/moderation/check"]


def test_every_threat_has_a_test_that_exists():
    table = (ROOT / "docs/security.md").read_text().partition("## Threats")[2].partition("## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", row)
        assert named, row
        assert all((ROOT / name).is_file() for name in named), row
