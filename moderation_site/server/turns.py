"""Which threads answer a request, and between which clients they take turns."""

import hashlib
import re

from asgiref.typing import HTTPScope
from django.conf import settings

from moderation.accounts.client_address import client_address
from moderation.rules.scorer import may_delay_checks
from moderation_site.server.pool import FairPool

# Django's own ASGI handler opens a thread and a database connection for each request; a fixed
# pool keeps its connections and takes a third to a half less processor time.
THREADS = 4
# A check that waits for a large model holds a thread; the pool grows only when needed.
THREADS_THAT_WAIT = 64
threads = THREADS_THAT_WAIT if may_delay_checks() else THREADS
ORDINARY = FairPool("WSGI", threads=threads, per_client=max(1, threads * 3 // 4))
#: Work that may take seconds, apart from the rest.
LONG = FairPool("long", threads=2, per_client=1)
FILES = FairPool("files", threads=2, per_client=2)
IS_LONG = re.compile(
    r"/api/v1/(blacklist/words/import|rules/test|(rules|policy)/backtest|exports|admin/maintenance/)"
    r"|/p/[^/]+/(blacklist/(import|export)|settings/exports|backtests)"
    r"|/admin/.*export"
)


def choose_pool(scope: HTTPScope) -> tuple[FairPool, str]:
    """Return the pool that answers this request, and the client whose turn it takes."""
    path = scope["path"]
    if path.startswith(settings.STATIC_URL):
        pool = FILES
    elif IS_LONG.match(path):
        pool = LONG
    else:
        pool = ORDINARY
    return pool, client_of(scope)


def client_of(scope: HTTPScope) -> str:
    """Return what tells clients apart: the credentials if there are any, else the address."""
    headers = dict(scope["headers"])
    for name in (b"x-api-key", b"authorization", b"cookie"):
        if secret := headers.get(name):
            return hashlib.blake2b(secret, digest_size=16).hexdigest()
    peer = scope["client"][0] if scope["client"] else ""
    forwarded = headers.get(b"x-forwarded-for")
    return client_address(peer, forwarded.decode("latin-1") if forwarded else None)
