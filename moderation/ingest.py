"""What every entrance hands to the pipeline: one message, already parsed."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from moderation.models import Project

#: CONTRACT section 2, Limits.
MAX_ID_LENGTH = 200
MAX_CONTENT_LENGTH = 10_000
MAX_METADATA_BYTES = 16 * 1024


@dataclass(frozen=True)
class Submission:
    """One message or post; lengths and types were checked where it came in."""

    project: Project
    message_id: str
    user_id: str
    channel_id: str
    content: str
    username: str = ""
    reply_to: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    #: As the client names it; a label only, it never hides a list.
    language: str | None = None
    #: The languages the author may be answered in when the content's is none of ours.
    accept_language: str = ""
    #: Whether it may bring its author a strike or a ban of the policy's.
    may_punish: bool = True
    #: Whether its author has no name: such have no history, good or bad.
    is_nameless: bool = False

    @property
    def content_hash(self) -> str:
        return hash_of(self.content)


def hash_of(content: str) -> str:
    """Return the SHA-256 of the content, hex."""
    return hashlib.sha256(content.encode()).hexdigest()
