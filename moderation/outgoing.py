"""The one client for calls to other people's servers: it connects to public addresses only.

A name is resolved here and the connection goes to the address that was looked at, so that a name
which answers differently the second time (DNS rebinding) reaches nothing. TLS still checks the
name. Redirects are not followed, and no proxy of the environment is used.
"""

import asyncio
import ipaddress
import socket
import ssl
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import urlsplit

import certifi
import httpcore
from django.conf import settings

from moderation.errors import Invalid

TIMEOUT_SECONDS = 10.0
LONGEST_URL = 2000
#: An answer is read so far and no further.
MOST_BYTES = 64 * 1024
PORTS = {"http": 80, "https": 443}
#: RFC 6052: an IPv4 address inside an IPv6 one, for networks without IPv4.
NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: RFC 4291, deprecated: the last 32 bits are an IPv4 address.
IPV4_COMPATIBLE = ipaddress.ip_network("::/96")
#: Entries of IANA's registries that older versions of Python do not know.
SPECIAL = [
    ipaddress.ip_network(text)
    for text in ("192.0.0.0/24", "64:ff9b:1::/48", "3fff::/20", "5f00::/16", "fec0::/10")
]
Address = IPv4Address | IPv6Address


class CallFailed(Exception):
    """No answer came; the text says why, for people to read."""


@dataclass(frozen=True)
class Answer:
    status: int
    #: The first MOST_BYTES of the body.
    body: bytes

    def text(self, length: int) -> str:
        """Return the body's first characters; NUL, which no database keeps, is left out."""
        return self.body[: 4 * length].decode(errors="replace").replace("\0", "")[:length]


# --- Which addresses


def refuse_url(url: str, *, field: str = "url") -> None:
    """Raise Invalid unless calls to the address could be made at all.

    A name is looked up when a call is made, not here: what it means may change any day.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise Invalid(field, "is no address of the web") from None
    if parts.scheme not in PORTS or not host:
        raise Invalid(field, "must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise Invalid(field, "must hold no name and password: whoever reads it would have them")
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid(field, f"must be at most {LONGEST_URL} printable ASCII characters")
    if settings.WEBHOOK_ALLOW_PRIVATE:
        return
    if host == "localhost" or host.endswith(".localhost") or _is_inner(host):
        raise Invalid(field, "names an address inside a private network; see WEBHOOK_ALLOW_PRIVATE")


def _is_inner(host: str) -> bool:
    try:
        return not is_public(ipaddress.ip_address(host))
    except ValueError:
        return False


def is_public(address: Address) -> bool:
    """Say whether an address belongs to the open Internet.

    Not private, loopback, link-local, shared (RFC 6598), multicast, reserved or unspecified ones
    (IANA's registries of special addresses), nor an IPv6 address that stands for one of those.
    """
    is_special = any(address in network for network in SPECIAL)
    if is_special or address.is_multicast or not address.is_global:
        return False
    inner = _inside(address) if isinstance(address, IPv6Address) else None
    return inner is None or is_public(inner)


def _inside(address: IPv6Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 one leads to."""
    if address in NAT64 or address in IPV4_COMPATIBLE:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens connections to addresses that were looked at."""

    def __init__(self) -> None:
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
        for address in await addresses_of(host, port):
            try:
                return await self._plain.connect_tcp(
                    str(address), port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or CallFailed(f"{host} has no address")


async def addresses_of(host: str, port: int) -> list[Address]:
    """Return the addresses of a name; CallFailed if it has none, or one that is not public.

    One inner address among public ones refuses all: honest names have none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallFailed(f"{host} was not found") from error
    addresses = [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]
    if not settings.WEBHOOK_ALLOW_PRIVATE and not all(map(is_public, addresses)):
        raise CallFailed(f"{host} leads to an address inside a private network")
    return list(dict.fromkeys(addresses))


# --- Calling


class Outgoing:
    """Keeps connections open between calls; belongs to one event loop."""

    def __init__(self, most_connections: int = 20) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_trusted(),
            max_connections=most_connections,
            max_keepalive_connections=most_connections,
            keepalive_expiry=30.0,
            network_backend=GuardedBackend(),
        )

    async def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """Send the body; CallFailed if no answer came within the time, whatever its status."""
        try:
            async with asyncio.timeout(timeout_seconds):
                return await self._post(url, body, headers)
        except TimeoutError:
            raise CallFailed(f"no answer within {timeout_seconds:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise CallFailed(_reason(error)) from error

    async def _post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        given = {"Accept": "*/*", "User-Agent": f"Gavel/{settings.VERSION}", **headers}
        pairs = [(name.encode(), value.encode()) for name, value in given.items()]
        pairs.append((b"Host", urlsplit(url).netloc.encode()))
        async with self._pool.stream("POST", url, headers=pairs, content=body) as answer:
            return Answer(answer.status, await _beginning(answer))

    async def close(self) -> None:
        await self._pool.aclose()


async def _beginning(answer: httpcore.Response) -> bytes:
    found = bytearray()
    # To leave the stream early closes the connection: a longer answer is never read.
    async for part in typing.cast("typing.AsyncIterable[bytes]", answer.stream):
        found += part
        if len(found) >= MOST_BYTES:
            break
    return bytes(found[:MOST_BYTES])


def post(url: str, body: bytes, headers: Mapping[str, str], **options: float) -> Answer:
    """Send the body from code that runs in no event loop; CallFailed as above."""

    async def once() -> Answer:
        client = Outgoing(1)
        try:
            return await client.post(url, body, headers, **options)
        finally:
            await client.close()

    return asyncio.run(once())


@cache
def _trusted() -> ssl.SSLContext:
    """Return who is trusted: whom the system trusts (SSL_CERT_FILE too), and Mozilla's list."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _reason(error: Exception) -> str:
    cause: BaseException = error
    while cause.__cause__ or cause.__context__:
        cause = typing.cast("BaseException", cause.__cause__ or cause.__context__)
    return (str(cause) or str(error) or type(error).__name__)[:200]
