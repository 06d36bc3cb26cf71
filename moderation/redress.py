"""Signed links by which an author reads what was decided and asks for another look.

A link is made anew for each answer without being stored: content, its judgement's day and our key
say all that is in it, so that a repeated check gives the same one.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.signing import BadSignature, Signer

from moderation.errors import GavelError, NotFound

#: Six months in which a restriction can be appealed (DSA art. 20(1); CONTRACT section 3, "Check").
APPEAL_PERIOD = timedelta(days=183)
_signer = Signer(salt="gavel.redress", sep=".")


class SubjectKind(StrEnum):
    CONTENT = "content"
    BAN = "ban"


@dataclass(frozen=True)
class Subject:
    """What a link is about: a content or a ban, by its id."""

    kind: SubjectKind
    id: UUID


class LinkOver(GavelError):
    """The six months of a link are over."""

    code = "link_over"
    status = 410


def token_for(subject: Subject, since: datetime) -> str:
    """Return the token of a link that holds for six months since that moment."""
    key = urlsafe_b64encode(subject.id.bytes).decode().rstrip("=")
    end = int((since + APPEAL_PERIOD).timestamp())
    return _signer.sign(f"{subject.kind[0]}{end:x}-{key}")


def read_token(token: str, now: datetime) -> Subject:
    """Return what a link is about; NotFound for a token that is none of ours, LinkOver in time."""
    try:
        signed = _signer.unsign(token)
        end, _, key = signed[1:].partition("-")
        is_over = datetime.fromtimestamp(int(end, 16), UTC) < now
        found = UUID(bytes=urlsafe_b64decode(f"{key}=="))
    except (BadSignature, ValueError, NotBase64, UnicodeEncodeError):
        raise NotFound("This link is not one of ours, or it was cut short.") from None
    if is_over:
        raise LinkOver("The six months of this link are over.")
    kind = SubjectKind.CONTENT if signed[0] == "c" else SubjectKind.BAN
    return Subject(kind, found)


def appeal_path(token: str) -> str:
    return f"/appeal/{token}"


def statement_path(token: str) -> str:
    return f"/appeal/{token}/statement"
