from moderation.models.chat_strikes import ChatStrike
from moderation.models.events import AuditAnchor, AuditEntry, Counter, Lease, OutboxEvent
from moderation.models.invitations import Invitation, InvitationState
from moderation.models.logs import LogRevision, ModerationLog, Status
from moderation.models.own_models import ModelState, ModelVersion
from moderation.models.people import Preferences, Theme, Veil
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
    "ApiKey",
    "AuditAnchor",
    "AuditEntry",
    "AuthorStanding",
    "Ban",
    "BanType",
    "BlacklistWord",
    "ChatStrike",
    "Counter",
    "DeliveryStatus",
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
    "PolicyVersion",
    "Preferences",
    "Project",
    "Role",
    "Rule",
    "RulesetSnapshot",
    "Scope",
    "Status",
    "Strike",
    "SuggestedScore",
    "Theme",
    "Veil",
    "Webhook",
    "WebhookDelivery",
    "WebhookFormat",
    "WhitelistedPhrase",
    "WhitelistedUser",
]
