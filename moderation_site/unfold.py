"""The admin's names, colours and sidebar."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

#: Section → model's label → (title, icon).
SECTIONS = {
    "Reviews": {
        "reviews.reviewitem": ("Queue", "inbox"),
        "reviews.report": ("Reports", "flag"),
        "reviews.appeal": ("Appeals", "balance"),
        "reviews.decision": ("Decisions", "gavel"),
        "reviews.reviewnote": ("Notes", "sticky_note_2"),
        "reviews.claim": ("Claims", "back_hand"),
    },
    "Content": {
        "moderation.moderationlog": ("Moderation log", "chat"),
        "moderation.logrevision": ("Earlier revisions", "history"),
        "moderation.picture": ("Pictures", "image"),
    },
    "Sanctions": {
        "moderation.ban": ("Bans", "block"),
        "moderation.strike": ("Strikes", "warning"),
        "moderation.authorstanding": ("Authors", "person_search"),
    },
    "Rules": {
        "moderation.blacklistword": ("Listed words", "list"),
        "moderation.whitelistedphrase": ("Allowed phrases", "playlist_add_check"),
        "moderation.whitelisteduser": ("Trusted authors", "verified_user"),
        "moderation.rule": ("Rules", "rule"),
        "moderation.policyversion": ("Policies", "policy"),
        "moderation.rulesetsnapshot": ("Changes to the rules", "difference"),
        "moderation.modelversion": ("Own models", "model_training"),
    },
    "Projects and people": {
        "moderation.project": ("Projects", "folder"),
        "moderation.membership": ("Members", "group"),
        "moderation.invitation": ("Invitations", "mail"),
        "moderation.apikey": ("API keys", "key"),
        "moderation.webhook": ("Webhooks", "webhook"),
        "auth.user": ("People", "person"),
        "auth.group": ("Groups", "groups"),
        "mfa.authenticator": ("Second steps of signing in", "phonelink_lock"),
        "moderation.preferences": ("Preferences", "tune"),
    },
    "Operation": {
        "moderation.auditentry": ("Audit log", "fact_check"),
        "moderation.auditanchor": ("Audit anchors", "anchor"),
        "moderation.outboxevent": ("Events", "send"),
        "moderation.counter": ("Counters", "bar_chart"),
        "moderation.hourlyfigures": ("Hourly figures", "schedule"),
        "moderation.stalehour": ("Stale hours", "update"),
        "moderation.summedspan": ("Summed spans", "date_range"),
        "moderation.lease": ("Leases", "timer"),
        "moderation.destination": ("Connections", "hub"),
    },
}


def link_to(label: str, title: str, icon: str) -> dict[str, Any]:
    """Return a sidebar link to a model's list, visible to those who may see the list."""
    app, model = label.split(".")

    def is_visible(request: HttpRequest) -> bool:
        page = admin.site.get_model_admin(apps.get_model(app, model))
        return page.has_view_permission(request)

    address = reverse_lazy(f"admin:{app}_{model}_changelist")
    return {"title": title, "icon": icon, "link": address, "permission": is_visible}


def section(title: str, links: dict[str, tuple[str, str]]) -> dict[str, Any]:
    return {"title": title, "items": [link_to(label, *shown) for label, shown in links.items()]}


#: The console's neutral greys and its accent as Unfold's scales, from light to dark.
SHADES = ("50", "100", "200", "300", "400", "500", "600", "700", "800", "900", "950")
GREYS = (
    "#f7f8f9", "#f0f1f3", "#e1e4e8", "#c9ced5", "#949ca6", "#6f7985", "#464e58", "#323941",
    "#1c2024", "#15181b", "#0e1012",
)  # fmt: skip
ACCENT = (
    "#f2f6fe", "#e6eefc", "#cdddfa", "#a5c6ff", "#8ab6ff", "#6fa4ff", "#1f62d6", "#1a50b4",
    "#163f8c", "#18263f", "#0f1829",
)  # fmt: skip


def unfold_settings() -> dict[str, Any]:
    return {
        "SITE_TITLE": "Gavel admin",
        "SITE_HEADER": "Gavel",
        "SITE_SUBHEADER": "Administration",
        "SITE_SYMBOL": "gavel",
        "SITE_URL": "moderation.admin.links.console_home",
        "DASHBOARD_CALLBACK": "reviews.admin.dashboard.dashboard",
        "STYLES": [
            lambda _request: static("css/tokens.css"),
            lambda _request: static("css/pages/admin.css"),
        ],
        "SITE_FAVICONS": [
            {
                "rel": "icon",
                "type": "image/svg+xml",
                "href": lambda _request: static("img/favicon.svg"),
            }
        ],
        "COLORS": {
            "base": dict(zip(SHADES, GREYS, strict=True)),
            "primary": dict(zip(SHADES, ACCENT, strict=True)),
        },
        "BORDER_RADIUS": "6px",
        "SIDEBAR": {
            "show_search": False,
            "navigation": [section(title, links) for title, links in SECTIONS.items()],
        },
    }
