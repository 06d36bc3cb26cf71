"""The only client for calls to other servers; it connects to public addresses only.

It resolves the name, checks the addresses and connects to one of them, so that a name that resolves
differently the second time (DNS rebinding) gains nothing. TLS still checks the name. It follows no
redirects and uses no proxy of the environment.
"""

import asyncio
import ipaddress
import socket
import ssl
import typing
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import certifi
import httpcore
from django.conf import settings

from moderation.lib.errors import Invalid

TIMEOUT_SECONDS = 10.0
LONGEST_URL = 2000
#: How much of an answer is read.
MOST_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
#: RFC 6052: IPv6 addresses that hold an IPv4 address, for networks without IPv4.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: RFC 4291, deprecated: the last 32 bits are an IPv4 address.
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
#: Entries of IANA's registries that older versions of Python do not know.
SPECIAL = [
    ipaddress.ip_network(text)
    for text in (
        "192.0.0.0/24",
        "64:ff9b:1::/48",
        "3fff::/20",
        "5f00::/16",
        "fec0::/10",
        "::ffff:0:0:0/96",  # RFC 2765: stands for an IPv4 address, and nobody routes it
    )
]
Address = IPv4Address | IPv6Address


class CallFailed(Exception):
    """No answer came; the text says why."""


@dataclass(frozen=True)
class Answer:
    status: int
    #: The first MOST_BYTES of the body.
    body: bytes
    #: Seconds after which the server wants to be asked again (Retry-After); 0 if it did not say.
    retry_after: int = 0

    def text(self, length: int) -> str:
        """Return the body's first characters without NUL, which no database stores."""
        return self.body[: 4 * length].decode(errors="replace").replace("\0", "")[:length]


# --- Which addresses


def refuse_url(url: str, *, field: str = "url") -> None:
    """Raise Invalid unless calls to the URL are possible.

    Does not resolve the name: that happens at each call, because addresses change.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid(field, "is not a valid URL") from None
    if parts.scheme not in PORTS or not host:
        raise Invalid(field, "must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise Invalid(field, "must not contain a name or password: every reader would see it")
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid(field, f"must be at most {LONGEST_URL} printable ASCII characters")
    if settings.WEBHOOK_ALLOW_PRIVATE:
        return
    try:
        is_private = not is_public(ipaddress.ip_address(host))
    except ValueError:
        is_private = host == "localhost" or host.endswith(".localhost")
    if is_private:
        raise Invalid(field, "is an address in a private network; see WEBHOOK_ALLOW_PRIVATE")


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the open Internet.

    False for private, loopback, link-local, shared (RFC 6598), multicast, reserved and unspecified
    addresses (IANA's registries of special addresses) and for IPv6 addresses that lead to one.
    """
    is_special = any(address in network for network in SPECIAL)
    if is_special or address.is_multicast or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return True
    # The IPv4 address to which an IPv6 address leads.
    if address in NAT64 or address in IPV4_COMPATIBLE:
        inner: IPv4Address | None = IPv4Address(int(address) & 0xFFFF_FFFF)
    else:
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
    return inner is None or is_public(inner)


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to checked addresses only.

    allowed: `host:port` of servers that the operator named, which may be private.
    """

    def __init__(self, allowed: Collection[str] = ()) -> None:
        self._allowed = allowed
        self._plain = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception | None = None
        is_allowed = f"{host}:{port}" in self._allowed
        for address in await addresses_of(host, port, may_be_private=is_allowed):
            try:
                return await self._plain.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or CallFailed(f"{host} has no public address")


async def addresses_of(host: str, port: int, *, may_be_private: bool = False) -> list[Address]:
    """Return the addresses of a name; CallFailed if there are none, or one is not public.

    One private address among public ones refuses all: honest names have none.
    """
    loop = asyncio.get_running_loop()
    try:
        entries = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed(f"{host} has no public address") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in entries]
    may_be_private = may_be_private or settings.WEBHOOK_ALLOW_PRIVATE
    if not may_be_private and not all(map(is_public, addresses)):
        # The same words, or the answer would reveal which names the private network has.
        raise CallFailed(f"{host} has no public address")
    return list(dict.fromkeys(addresses))


# --- Calling


class Outgoing:
    """Sends POST requests and keeps connections open; belongs to one event loop."""

    def __init__(self, most_connections: int = 20, allowed_hosts: Collection[str] = ()) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trusted_certificates(),
            max_connections=most_connections,
            max_keepalive_connections=most_connections,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(allowed_hosts),
        )

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """Send the body; return an answer of any status; CallFailed if none comes in time."""
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._post(url, body, headers)
        except TimeoutError:
            raise CallFailed(f"no answer within {timeout_seconds:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            # The first cause says most.
            cause: BaseException = error
            while inner := cause.__cause__ or cause.__context__:
                cause = inner
            reason = str(cause) or str(error) or type(error).__name__
            raise CallFailed(reason[:200]) from error

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        all_headers = {"Accept": "*/*", "User-Agent": f"Gavel/{settings.VERSION}", **headers}
        pairs = [(name.encode(), value.encode()) for name, value in all_headers.items()]
        pairs.append((b"Host", urlsplit(url).netloc.encode()))
        async with self._pool.stream("POST", url, headers=pairs, content=body) as answer:
            beginning = bytearray()
            # Leaving the stream early closes the connection: the rest is never read.
            async for part in typing.cast("typing.AsyncIterable[bytes]", answer.stream):
                beginning += part
                if len(beginning) >= MOST_BYTES:
                    break
            returned = answer.headers
            by_name = {name.lower(): value for name, value in returned}
            retry_after = by_name.get(b"retry-after", b"")
            # A date is left out: senders of webhooks are told seconds.
            seconds = int(retry_after[:9]) if retry_after.isdigit() else 0
            return Answer(answer.status, bytes(beginning[:MOST_BYTES]), seconds)

    async def close(self) -> None:
        await self._pool.aclose()


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed_hosts: Collection[str] = (),
    **options: float,
) -> Answer:
    """Send the body from code outside an event loop; CallFailed as above."""

    async def once() -> Answer:
        client = Outgoing(1, allowed_hosts)
        try:
            return await client.post(url, body, headers, **options)
        finally:
            await client.close()

    return asyncio.run(once())


@cache
def trusted_certificates() -> ssl.SSLContext:
    """Trust the system's certificates (SSL_CERT_FILE too) and Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
