"""The README's lines for production, run as they stand in a fresh copy of the project."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from contextlib import closing
from urllib.parse import urlencode

import pytest
from websockets.sync.client import connect

from tests.e2e.servers import ROOT, START_SECONDS, free_port

pytestmark = [pytest.mark.slow, pytest.mark.standalone]
HOST = "mod.example.org"
NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".venv-train", "node_modules", "var", ".env", "__pycache__", "tests", "images"
)


class Installation:
    """A copy of the project with an environment that holds nothing of ours."""

    def __init__(self, folder):
        self.folder = folder / "gavel"
        shutil.copytree(ROOT, self.folder, ignore=NOT_COPIED)
        (self.folder / ".venv").symlink_to(ROOT / ".venv")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.port = free_port()

    def run(self, line):
        done = subprocess.run(
            ["/bin/sh", "-ec", line], cwd=self.folder, env=self.environment,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def ask(self, path, method="GET", body=None, *, https=True, **headers):
        named = {"Host": HOST, **{name.replace("_", "-"): text for name, text in headers.items()}}
        if https:
            named |= {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode(errors="replace")

    def wait(self, process):
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None
            assert time.monotonic() < deadline
            try:
                if self.ask("/livez", https=False)[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)


@pytest.fixture(scope="module")
def lines():
    readme = (ROOT / "README.md").read_text()
    block = re.search(r"## Production\n.*?```sh\n(.*?)```", readme, re.DOTALL)
    return block[1].strip().splitlines()


@pytest.fixture(scope="module")
def installed(tmp_path_factory, lines):
    """Return the installation, what its owner's password is, and the server, which runs."""
    made = Installation(tmp_path_factory.mktemp("fresh"))
    install, settings, migrate, owner, serve = lines
    assert install.endswith("-r requirements.txt")  # needs a registry: the packages are there
    made.run(settings)
    made.run(migrate)
    password = made.run(owner).splitlines()[0]
    command = serve.replace("8000", str(made.port)).split()
    with (made.folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=made.folder, env=made.environment, stdout=log, stderr=log
        )
    try:
        made.wait(process)
        yield made, password
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def sign_in(made, password):
    """Sign in as a browser does; return the cookies."""
    _, headers, page = made.ask("/login")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    cookie = headers["Set-Cookie"].split(";")[0]
    form = urlencode({"username": "lena", "password": password, "csrfmiddlewaretoken": token})
    status, headers, page = made.ask(
        "/login", "POST", form, Cookie=cookie, Referer=f"https://{HOST}/login",
        Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    assert status == 302, page
    return headers.get_all("Set-Cookie")


def test_pages_and_their_files_are_served(installed):
    made, _ = installed
    status, headers, page = made.ask("/login")
    assert status == 200, page
    assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "camera=()" in headers["Permissions-Policy"]
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert files
    assert {name: made.ask(name)[0] for name in files} == dict.fromkeys(files, 200)


def test_the_owner_signs_in_and_nothing_is_stored(installed):
    made, password = installed
    cookies = sign_in(made, password)
    assert all(cookie.startswith("__Host-") for cookie in cookies)
    assert all("Secure" in cookie and "Path=/" in cookie for cookie in cookies)
    assert not any("Domain" in cookie for cookie in cookies)
    sent = "; ".join(cookie.split(";")[0] for cookie in cookies)
    for path in ("/p/forum/live", "/p/forum/settings/members", "/api/v1/logs"):
        status, headers, page = made.ask(path, Cookie=sent)
        assert (status, headers["Cache-Control"]) == (200, "no-store"), page[:300]


def test_plain_http_leads_pages_to_https_and_serves_programs(installed):
    made, _ = installed
    status, headers, _ = made.ask("/login", https=False)
    assert (status, headers["Location"]) == (301, f"https://{HOST}/login")
    assert made.ask("/api/v1/ping", https=False)[0] == 200


def test_other_users_of_the_machine_read_nothing(installed):
    made, _ = installed
    var = made.folder / "var"
    stored = [var, made.folder / ".env", *var.iterdir()]
    assert {"gavel.sqlite3", "gavel.sqlite3-wal", "gavel.sqlite3-shm"} <= {f.name for f in stored}
    assert {file.name: file.stat().st_mode & 0o077 for file in stored} == dict.fromkeys(
        (file.name for file in stored), 0
    )


def test_django_and_doctor_find_nothing_to_warn_of(installed):
    made, _ = installed
    made.run(".venv/bin/python manage.py check --deploy --fail-level WARNING")
    told = made.run(".venv/bin/python manage.py doctor")
    assert "safe to serve with" in told


# --- Behind a proxy that ends TLS

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
OPENSSL = shutil.which("openssl")


@pytest.fixture(scope="module")
def proxied(installed, tmp_path_factory):
    """Return the port of an nginx that runs `deploy/nginx.conf`, and its certificate."""
    made, _ = installed
    folder = tmp_path_factory.mktemp("nginx")
    certificate, key, port = folder / "certificate.pem", folder / "key.pem", free_port()
    subprocess.run(
        [OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for theirs, ours in (
        (f"/etc/letsencrypt/live/{HOST}/fullchain.pem", str(certificate)),
        (f"/etc/letsencrypt/live/{HOST}/privkey.pem", str(key)),
        ("127.0.0.1:8000", f"127.0.0.1:{made.port}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
    ):
        assert theirs in site
        site = site.replace(theirs, ours)
    (folder / "site.conf").write_text(site)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; events {{}} http {{ access_log off; include site.conf; }}"
    )
    command = [NGINX, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "errors"]
    process = subprocess.Popen(command)
    try:
        yield port, ssl.create_default_context(cafile=certificate)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def dial(port):
    """Return a connection to the proxy, which may need a moment to listen."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


@pytest.mark.skipif(not (NGINX and OPENSSL), reason="missing program: nginx or openssl")
def test_nginx_ends_tls_passes_sockets_on_and_believes_no_client(installed, proxied):
    made, _ = installed
    port, context = proxied
    key = made.run(
        ".venv/bin/python manage.py create_api_key forum --name bot --scopes check,read,admin"
    ).splitlines()[-1]
    with connect(
        f"wss://{HOST}/ws/projects/forum/",
        ssl=context, sock=dial(port), additional_headers={"X-API-Key": key},
    ) as listener:  # fmt: skip
        assert json.loads(listener.recv(60))["type"] == "joined_project"
        checking = http.client.HTTPSConnection(HOST, port, context=context, timeout=60)
        checking.sock = context.wrap_socket(dial(port), server_hostname=HOST)
        with closing(checking):
            message = {"message_id": "m", "user_id": "ana", "channel_id": "c", "content": "Hello"}
            headers = {
                "Host": HOST,
                "Content-Type": "application/json",
                "X-API-Key": key,
                "X-Forwarded-Proto": "http",
            }
            checking.request("POST", "/api/v1/moderation/check", json.dumps(message), headers)
            answer = checking.getresponse()
            assert answer.status == 200, answer.read()
            # Only a request that came by TLS gets it: what the client said of itself is dropped.
            assert "max-age" in answer.headers["Strict-Transport-Security"]
        while json.loads(listener.recv(60))["type"] != "moderation_update":
            pass
