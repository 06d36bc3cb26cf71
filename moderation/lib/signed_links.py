"""Signed links by which an author reads a decision and appeals it.

Links are not stored: the content or ban, its time and SECRET_KEY determine them, so that a repeated
check gives the same link.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.core.signing import BadSignature, Signer

from moderation.lib.errors import GavelError, NotFound

#: A restriction can be appealed for six months (DSA art. 20(1); docs/appeals.md).
APPEAL_PERIOD = timedelta(days=183)
_signer = Signer(salt="gavel.redress", sep=".")


class SubjectKind(StrEnum):
    CONTENT = "content"
    BAN = "ban"


@dataclass(frozen=True)
class Subject:
    """What a link is about: content or a ban, by id."""

    kind: SubjectKind
    id: UUID


class LinkOver(GavelError):
    """The link has expired."""

    code = "link_over"
    status = 410


def token_for(subject: Subject, since: datetime) -> str:
    """Return the token of a link that is valid for six months from that moment."""
    key = urlsafe_b64encode(subject.id.bytes).decode().rstrip("=")
    end = int((since + APPEAL_PERIOD).timestamp())
    return _signer.sign(f"{subject.kind[0]}{end:x}-{key}")


def read_token(token: str, now: datetime) -> Subject:
    """Return what a link is about; NotFound for an invalid token, LinkOver for an expired one."""
    try:
        signed = _signer.unsign(token)
        end, _, key = signed[1:].partition("-")
        is_over = datetime.fromtimestamp(int(end, 16), UTC) < now
        subject_id = UUID(bytes=urlsafe_b64decode(f"{key}=="))
    except (BadSignature, ValueError, NotBase64, UnicodeEncodeError):
        raise NotFound("This link is invalid or incomplete.") from None
    if is_over:
        raise LinkOver("This link has expired: it was valid for six months.")
    kind = SubjectKind.CONTENT if signed[0] == "c" else SubjectKind.BAN
    return Subject(kind, subject_id)


def appeal_path(token: str) -> str:
    return f"/appeal/{token}"


def statement_path(token: str) -> str:
    return f"/appeal/{token}/statement"
