from moderation.models.author import WHOLE_PROJECT, Author
from moderation.models.chat_strikes import ChatStrike
from moderation.models.destinations import Destination
from moderation.models.events import AuditAnchor, AuditEntry, Counter, Lease, OutboxEvent
from moderation.models.figures import HourlyFigures, StaleHour, SummedSpan
from moderation.models.invitations import Invitation, InvitationState
from moderation.models.logs import ContentType, LogRevision, ModerationLog, Status
from moderation.models.own_models import ModelState, ModelVersion
from moderation.models.people import Preferences, Theme, Veil, WebSession
from moderation.models.pictures import Picture
from moderation.models.projects import ApiKey, Membership, PolicyVersion, Project, Role, Scope
from moderation.models.rules import (
    BlacklistWord,
    Rule,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.models.sanctions import AuthorStanding, Ban, BanType, Strike
from moderation.models.suggestions import SuggestedScore
from moderation.models.tasks import ModerationTask
from moderation.models.webhooks import DeliveryStatus, Webhook, WebhookDelivery, WebhookFormat

__all__ = [
    "WHOLE_PROJECT",
    "ApiKey",
    "AuditAnchor",
    "AuditEntry",
    "Author",
    "AuthorStanding",
    "Ban",
    "BanType",
    "BlacklistWord",
    "ChatStrike",
    "ContentType",
    "Counter",
    "DeliveryStatus",
    "Destination",
    "HourlyFigures",
    "Invitation",
    "InvitationState",
    "Lease",
    "LogRevision",
    "Membership",
    "ModelState",
    "ModelVersion",
    "ModerationLog",
    "ModerationTask",
    "OutboxEvent",
    "Picture",
    "PolicyVersion",
    "Preferences",
    "Project",
    "Role",
    "Rule",
    "RulesetSnapshot",
    "Scope",
    "StaleHour",
    "Status",
    "Strike",
    "SuggestedScore",
    "SummedSpan",
    "Theme",
    "Veil",
    "WebSession",
    "Webhook",
    "WebhookDelivery",
    "WebhookFormat",
    "WhitelistedPhrase",
    "WhitelistedUser",
]
