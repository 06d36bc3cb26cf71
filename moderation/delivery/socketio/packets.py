"""The packets that clients of Socket.IO receive: an event's name and its payload, flat."""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

from moderation.delivery.sockets.protocol import Frame
from moderation.engine.verdict.verdict import VerdictKind
from moderation.events.event import MODERATION_UPDATE
from moderation.lib.json_types import JsonObject

#: Socket.IO's packet type of an event.
EVENT = "2"
#: Events are encoded once for all clients that receive them at about the same time.
REMEMBERED = 1_024
ALERTING = {VerdictKind.FLAG: "flagged", VerdictKind.BLOCK: "blocked"}


class Packets(NamedTuple):
    """One event for everybody, and the alert that it is for moderators; "" if it is none."""

    event: str
    alert: str


def packet(event: str, data: Mapping[str, object]) -> str:
    return EVENT + json.dumps([event, data], cls=DjangoJSONEncoder, separators=(",", ":"))


@lru_cache(maxsize=REMEMBERED)
def packets_of(frame: Frame) -> Packets:
    row = json.loads(frame.text)
    place = {"project_id": row["project_id"], "seq": row["seq"]}
    alert = alert_of(row["data"]) if row["type"] == MODERATION_UPDATE else None
    return Packets(
        event=packet(row["type"], {**row["data"], **place}),
        alert=packet("moderation_alert", {**alert, **place}) if alert else "",
    )


def alert_of(update: JsonObject) -> JsonObject | None:
    """Return what moderators are told about a check; None if nobody needs to look."""
    if update["verdict"] not in ALERTING or update["moderator_type"] == "manual":
        return None
    return {
        "message_id": update["message_id"],
        "user_id": update["user_id"],
        # Events that were stored before they had names lack it.
        "username": update.get("username") or update["user_id"],
        "channel_id": update["channel_id"],
        "content": update["content_preview"],
        "action": ALERTING[update["verdict"]],
        "reasons": update["reasons"],
        "severity": update["severity"],
        "timestamp": update["timestamp"],
    }
