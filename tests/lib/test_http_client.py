"""The outgoing client reaches public addresses only, and what it reached is what it looked at."""

import asyncio
import ipaddress
import socket
from http.server import BaseHTTPRequestHandler

import pytest

from moderation.lib import http_client
from moderation.lib.errors import Invalid
from moderation.lib.http_client import Answer, CallFailed, is_public, refuse_url
from tests.delivery.webhooks.receiver import receiving

pytestmark = pytest.mark.standalone

INNER = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0",  # noqa: S104 (refused)
    "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "169.254.169.254", "100.64.0.1", "100.127.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "fec0::1",
    "3fff::1", "64:ff9b:1::1", "::ffff:100.64.0.1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
    "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:c0a8:101::1",
    "::ffff:0:127.0.0.1", "::ffff:0:10.0.0.1",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "93.184.216.34", "100.63.0.1", "172.32.0.1", "2606:4700::1111",
          "::ffff:1.1.1.1", "64:ff9b::101:101"]  # fmt: skip


@pytest.mark.parametrize(("addresses", "expected"), [(INNER, False), (PUBLIC, True)])
def test_addresses(addresses, expected):
    assert {is_public(ipaddress.ip_address(text)) for text in addresses} == {expected}


URLS = [
    "ftp://example.org", "//example.org", "example.org", "https://", "http://:80", "",
    "https://name:secret@example.org", "https://exa mple.org", "https://münchen.example",
    "https://[::1", "https://example.org:99999", "https://example.org/\n",
    "https://a/" + "x" * 2000, "http://localhost/", "http://x.localhost", "http://127.0.0.1",
    "http://[::1]:8000/", "http://169.254.169.254/latest", "http://[::ffff:10.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/", "javascript:alert(1)",
]  # fmt: skip


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_senseless_and_inner_urls_are_refused(url):
    with pytest.raises(Invalid):
        refuse_url(url)


def test_private_urls_may_be_allowed(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    refuse_url("http://127.0.0.1:9000/hook")


def post(url, **options):
    return http_client.post(url, b"{}", {"Content-Type": "application/json"}, **options)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "0"])
def test_inner_hosts_are_refused_when_it_connects(host):
    with receiving() as receiver:
        port = receiver.url.rsplit(":", 1)[1]
        with pytest.raises(CallFailed, match="has no public address"):
            post(f"http://{host}:{port}")
    assert receiver.got == []


def named(monkeypatch, *answers):
    """Let every name have these addresses, one after the other at each look-up."""
    looked = iter(answers)

    async def getaddrinfo(self, host, port, **options):
        return [(socket.AF_INET, 1, 6, "", (address, port)) for address in next(looked)]

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", getaddrinfo)


def test_one_inner_address_refuses_a_name(monkeypatch):
    named(monkeypatch, ["93.184.216.34", "10.0.0.1"])
    with pytest.raises(CallFailed, match=r"example\.test has no public address"):
        post("http://example.test/")


def test_a_name_that_resolves_to_loopback_is_not_called(monkeypatch):
    named(monkeypatch, ["127.0.0.1"])
    with receiving() as receiver, pytest.raises(CallFailed, match="has no public address"):
        post(receiver.url.replace("127.0.0.1", "rebound.test"))
    assert receiver.got == []


def test_an_inner_name_and_a_missing_one_are_refused_in_the_same_words(monkeypatch):
    named(monkeypatch, ["10.0.0.1"])
    with pytest.raises(CallFailed) as inner:
        post("http://example.test/")

    async def nothing(self, host, port, **options):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", nothing)
    with pytest.raises(CallFailed) as missing:
        post("http://example.test/")
    assert str(inner.value) == str(missing.value)


def test_the_address_that_was_looked_at_is_the_one_that_is_called(monkeypatch, settings):
    # A second look-up, which rebinding needs, would find no answer here.
    settings.WEBHOOK_ALLOW_PRIVATE = True
    named(monkeypatch, ["127.0.0.1"])
    with receiving() as receiver:
        answer = post(receiver.url.replace("127.0.0.1", "example.test"))
    assert answer == Answer(200, b"thank you")
    assert receiver.got[0][0]["host"].startswith("example.test:")


def test_a_long_answer_is_read_to_64_kib(settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with receiving() as receiver:
        receiver.answer = b"x" * 1_000_000
        assert len(post(receiver.url).body) == 64 * 1024


def test_one_that_drips_is_left_when_the_time_is_over(settings, monkeypatch):
    settings.WEBHOOK_ALLOW_PRIVATE = True

    def drip(self):
        # Answers byte by byte, so that no single read takes long.
        self.wfile.write(b"H")
        self.wfile.flush()
        self.connection.settimeout(5)
        self.connection.recv(1 << 20)

    monkeypatch.setattr(BaseHTTPRequestHandler, "send_response", lambda self, status: drip(self))
    with receiving() as receiver, pytest.raises(CallFailed, match=r"no answer within 0\.3 s"):
        post(receiver.url, timeout_seconds=0.3)
