"""The addresses of the console's pages that are not about reviews."""

from django.urls import path

from moderation.pages import (
    audit,
    bans,
    blacklist,
    find,
    home,
    importing,
    invited,
    inviting,
    keys,
    live,
    me,
    members,
    model,
    policies,
    projects,
    rules,
    signing,
    trying,
    webhooks,
)

WORDS = "p/<slug:slug>/blacklist"
RULES = "p/<slug:slug>/rules"
SETTINGS = "p/<slug:slug>/settings"
HOOK = f"{SETTINGS}/webhooks/<uuid:webhook_id>"

app_name = "console"
urlpatterns = [
    path("", home.Projects.as_view(), name="projects"),
    path("invitations/<str:token>", invited.InvitationLink.as_view(), name="invitation"),
    path("login", signing.SignIn.as_view(), name="sign-in"),
    path("logout", signing.SignOut.as_view(), name="sign-out"),
    path("p/<slug:slug>/find", find.Find.as_view(), name="find"),
    path("p/<slug:slug>/settings/me", me.MySettings.as_view(), name="settings"),
    path("p/<slug:slug>/live", live.Live.as_view(), name="live"),
    path("p/<slug:slug>/try", trying.TryText.as_view(), name="try"),
    path("p/<slug:slug>/audit", audit.Audit.as_view(), name="audit"),
    path("p/<slug:slug>/bans", bans.Bans.as_view(), name="bans"),
    path("p/<slug:slug>/bans/new", bans.NewBan.as_view(), name="ban-new"),
    path("p/<slug:slug>/bans/<uuid:ban_id>/lift", bans.LiftBan.as_view(), name="ban-lift"),
    path("p/<slug:slug>/blacklist", blacklist.Blacklist.as_view(), name="blacklist"),
    path(f"{WORDS}/new", blacklist.NewWord.as_view(), name="word-new"),
    path(f"{WORDS}/test", blacklist.TestText.as_view(), name="blacklist-test"),
    path(f"{WORDS}/export", blacklist.Export.as_view(), name="blacklist-export"),
    path(f"{WORDS}/import", importing.ImportWords.as_view(), name="words-import"),
    path(f"{WORDS}/import/report", importing.Report.as_view(), name="words-report"),
    path(f"{WORDS}/<uuid:word_id>", blacklist.EditWord.as_view(), name="word"),
    path(f"{WORDS}/<uuid:word_id>/off", blacklist.SwitchOff.as_view(), name="word-off"),
    path(f"{WORDS}/<uuid:word_id>/on", blacklist.SwitchOn.as_view(), name="word-on"),
    path(f"{SETTINGS}/model", model.Model.as_view(), name="model"),
    path(f"{SETTINGS}/project", projects.ProjectSettings.as_view(), name="project"),
    path(RULES, rules.Rules.as_view(), name="rules"),
    path(f"{RULES}/new", rules.NewRule.as_view(), name="rule-new"),
    path(f"{RULES}/<uuid:rule_id>", rules.EditRule.as_view(), name="rule"),
    path(f"{RULES}/<uuid:rule_id>/switch", rules.SwitchRule.as_view(), name="rule-switch"),
    path(f"{RULES}/<uuid:rule_id>/delete", rules.DeleteRule.as_view(), name="rule-delete"),
    path(f"{SETTINGS}/policy", policies.PolicyPage.as_view(), name="policy"),
    path(
        f"{SETTINGS}/policy/<int:number>/restore",
        policies.RestorePolicy.as_view(),
        name="policy-restore",
    ),
    path(f"{SETTINGS}/members", members.Members.as_view(), name="members"),
    path(f"{SETTINGS}/members/new", members.NewMember.as_view(), name="member-new"),
    path(
        f"{SETTINGS}/members/<int:member_id>/role",
        members.ChangeRole.as_view(),
        name="member-role",
    ),
    path(
        f"{SETTINGS}/members/<int:member_id>/remove",
        members.RemoveMember.as_view(),
        name="member-remove",
    ),
    path(
        f"{SETTINGS}/invitations/new",
        inviting.NewInvitation.as_view(),
        name="invitation-new",
    ),
    path(
        f"{SETTINGS}/invitations/<int:invitation_id>/revoke",
        inviting.RevokeInvitation.as_view(),
        name="invitation-revoke",
    ),
    path(f"{SETTINGS}/webhooks", webhooks.Webhooks.as_view(), name="webhooks"),
    path(f"{SETTINGS}/webhooks/new", webhooks.NewWebhook.as_view(), name="webhook-new"),
    path(f"{HOOK}", webhooks.EditWebhook.as_view(), name="webhook"),
    path(f"{HOOK}/test", webhooks.TestWebhook.as_view(), name="webhook-test"),
    path(f"{HOOK}/switch", webhooks.SwitchWebhook.as_view(), name="webhook-switch"),
    path(f"{HOOK}/secret", webhooks.RotateSecret.as_view(), name="webhook-secret"),
    path(f"{HOOK}/delete", webhooks.DeleteWebhook.as_view(), name="webhook-delete"),
    path(f"{HOOK}/deliveries/<uuid:delivery_id>", webhooks.Redeliver.as_view(), name="redeliver"),
    path(f"{SETTINGS}/keys", keys.Keys.as_view(), name="keys"),
    path(f"{SETTINGS}/keys/new", keys.NewKey.as_view(), name="key-new"),
    path(f"{SETTINGS}/keys/<int:key_id>/revoke", keys.RevokeKey.as_view(), name="key-revoke"),
]
