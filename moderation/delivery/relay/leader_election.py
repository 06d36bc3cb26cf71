"""Elect one leader among any number of processes: the one that holds the lease row."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from django.db.models import Q

from moderation.lib.prepared_sql import PreparedRows
from moderation.models import Lease

NAME = "relay"
#: Another process replaces a dead leader after this time and its own next attempt: within the
#: 10 s that docs/commands.md promises.
LIFETIME = timedelta(seconds=5)
RENEWAL_SECONDS = 1.0
#: A lease that ends later than this is from before a clock was set back, so it is over. Machines
#: whose clocks differ by less than a minute do not take the lease from each other.
MOST_AHEAD = LIFETIME + timedelta(minutes=1)
_held_lease = PreparedRows(
    Lease,
    lambda args: Lease.objects.select_for_update().filter(name=NAME, holder=args.holder),
    holder=str,
)


def new_holder() -> str:
    """Return a name that no other relay has, also after a fork or in another container."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"


def take_or_renew(holder: str, now: datetime) -> bool:
    """Become or stay the leader; return False while another's lease is valid."""
    over = Q(expires_at__lte=now) | Q(expires_at__gt=now + MOST_AHEAD)
    mine_or_over = Q(holder=holder) | over
    until = now + LIFETIME
    if Lease.objects.filter(mine_or_over, name=NAME).update(holder=holder, expires_at=until):
        return True
    Lease.objects.bulk_create(
        [Lease(name=NAME, holder=holder, expires_at=until)], ignore_conflicts=True
    )
    return Lease.objects.filter(name=NAME, holder=holder).exists()


def confirm(holder: str) -> bool:
    """Lock the lease row until the transaction ends; return whether it is still the holder's.

    Nobody can take over while this transaction holds the lock, even if the lease expires
    meanwhile. Must run inside `transaction.atomic()`.
    """
    return bool(_held_lease(holder=holder))


def give_up(holder: str) -> None:
    """End the lease at once, so that another process can take over now."""
    Lease.objects.filter(name=NAME, holder=holder).delete()
