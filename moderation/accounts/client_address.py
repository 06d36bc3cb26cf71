"""Find the client's address behind trusted proxies."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """Return the address from which a request came; empty if the server does not say."""
    meta = request.META
    return client_address(meta.get("REMOTE_ADDR", ""), meta.get("HTTP_X_FORWARDED_FOR"))


def client_address(peer: str, forwarded_for: str | None) -> str:
    """Return the client's address; X-Forwarded-For counts only from a trusted proxy.

    Read from the end of the header, the first address that is not a trusted proxy is the client's.
    """
    hops = [peer]
    if forwarded_for:
        hops += [hop.strip() for hop in reversed(forwarded_for.split(","))]
    address = peer
    for hop in hops:
        try:
            parsed = ipaddress.ip_address(hop)
        except ValueError:
            return address
        address = hop
        if not any(parsed in network for network in settings.TRUSTED_PROXIES):
            return address
    return address
