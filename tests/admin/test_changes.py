"""What may be changed in the admin goes through the services, and their refusals are read."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from moderation.accounts.key_lookup import caller_of_key
from moderation.models import (
    ApiKey,
    AuditEntry,
    Ban,
    BlacklistWord,
    Invitation,
    Membership,
    ModerationLog,
    OutboxEvent,
    Project,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from tests.admin.rows import make_ban, say

pytestmark = pytest.mark.django_db
WORD = {
    "word": "newword", "language": "*", "category": "profanity", "severity": "high", "score": "",
    "match": "disguised",
    "notes": "", "expires_at_0": "", "expires_at_1": "",
}  # fmt: skip


def add(page, name, /, **data):
    return page.post(reverse(f"admin:moderation_{name}_add"), data)


def change(page, name, row, /, **data):
    return page.post(reverse(f"admin:moderation_{name}_change", args=[row.pk]), data)


def act(page, name, action, *rows):
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return page.post(reverse(f"admin:moderation_{name}_changelist"), data, follow=True)


def delete(page, name, row):
    address = reverse(f"admin:moderation_{name}_delete", args=[row.pk])
    return page.post(address, {"post": "yes"})


def told(answer):
    return [str(message) for message in answer.context["messages"]]


def has_audit(action):
    return AuditEntry.objects.filter(action=action, actor="root").exists()


def test_word_acts_at_the_next_check(page, arena):
    assert say(arena, "before", "newword").verdict == "allow"
    assert add(page, "blacklistword", project=arena.pk, **WORD).status_code == 302
    assert say(arena, "after", "newword", user_id="yan").verdict == "block"
    assert has_audit("word.added")


def test_word_that_is_there_is_refused_in_the_form(page, arena):
    add(page, "blacklistword", project=arena.pk, **WORD)
    answer = add(page, "blacklistword", project=arena.pk, **WORD)
    assert answer.context["errors"] == [["This word is already on the list in this language."]]


def test_broken_pattern_is_refused_at_its_field(page, arena):
    pattern = {**WORD, "word": "(", "is_regex": "on"}
    answer = add(page, "blacklistword", project=arena.pk, **pattern)
    assert "word" in answer.context["adminform"].form.errors
    assert not BlacklistWord.objects.filter(word="(").exists()


def test_changed_word_keeps_what_it_was(page, arena):
    word = BlacklistWord.objects.get(word="flagword")
    assert change(page, "blacklistword", word, **WORD).status_code == 302
    kept = RulesetSnapshot.objects.latest("version").data
    assert (kept["before"]["word"], kept["after"]["word"]) == ("flagword", "newword")


def test_words_are_deactivated_by_the_service(page, arena):
    act(page, "blacklistword", "deactivate", BlacklistWord.objects.get(word="flagword"))
    assert not BlacklistWord.objects.get(word="flagword").is_active
    assert say(arena).verdict == "allow"
    assert has_audit("word.removed")


def test_words_are_activated_again(page, arena):
    word = BlacklistWord.objects.get(word="flagword")
    act(page, "blacklistword", "deactivate", word)
    act(page, "blacklistword", "activate", word)
    assert say(arena).verdict == "flag"
    assert has_audit("word.restored")


def test_a_word_that_was_added_again_stays_off(page, arena):
    word = BlacklistWord.objects.get(word="flagword")
    act(page, "blacklistword", "deactivate", word)
    add(page, "blacklistword", project=arena.pk, **{**WORD, "word": "flagword"})
    act(page, "blacklistword", "activate", word)
    word.refresh_from_db()
    assert not word.is_active


@pytest.mark.parametrize(
    "fields", [{"channel_id": ""}, {"channel_id": "general", "in_whole_project": "on"}]
)
def test_the_ban_form_asks_where(page, arena, fields):
    terms = {"user_id": "zed", "type": "temporary", "hours": "2", "reason": "spam"}
    answer = add(page, "ban", project=arena.pk, **terms, **fields)
    assert "channel_id" in answer.context["adminform"].form.errors
    assert not Ban.objects.exists()


def test_project_gets_its_first_policy_and_a_new_name(page):
    add(page, "project", slug="den", name="Den", preset="strict")
    den = Project.objects.get(slug="den")
    assert den.policies.get().data["preset"] == "strict"
    change(page, "project", den, name="The Den", slug="other")
    den.refresh_from_db()
    assert (den.slug, den.name) == ("den", "The Den")
    assert has_audit("project.renamed")


def test_project_with_a_bad_slug_is_refused_in_the_form(page):
    answer = add(page, "project", slug="No Slug", name="Den", preset="strict")
    assert "slug" in answer.context["adminform"].form.errors


def test_member_is_given_a_role_loses_it_and_leaves(page, arena):
    noor = get_user_model().objects.create_user("noor")
    add(page, "membership", project=arena.pk, user=noor.pk, role="viewer")
    member = Membership.objects.get()
    change(page, "membership", member, role="moderator")
    assert Membership.objects.get().role == "moderator"
    delete(page, "membership", member)
    assert not Membership.objects.exists()
    assert has_audit("member.removed")


def test_members_deleted_together_go_through_the_service(page, arena, root):
    member = Membership.objects.create(project=arena, user=root, role="viewer")
    data = {"action": "delete_selected", "_selected_action": [member.pk], "post": "yes"}
    page.post(reverse("admin:moderation_membership_changelist"), data)
    assert has_audit("member.removed")


def test_key_is_shown_once_works_and_can_be_revoked(page, arena):
    fields = {"project": arena.pk, "name": "bot", "scopes": ["check"]}
    answer = page.post(reverse("admin:moderation_apikey_add"), fields, follow=True)
    raw = told(answer)[0].split(": ")[1]
    assert caller_of_key(raw).name == "bot"
    assert raw not in page.get(reverse("admin:moderation_apikey_changelist")).content.decode()
    act(page, "apikey", "revoke", ApiKey.objects.get())
    assert caller_of_key(raw) is None


def test_invitation_is_shown_once_works_and_can_be_revoked(page, arena):
    fields = {"project": arena.pk, "role": "viewer", "email": "", "days": "7"}
    answer = page.post(reverse("admin:moderation_invitation_add"), fields, follow=True)
    link = told(answer)[0].split(": ")[1]
    assert "Join" in Client().get(link).content.decode()
    assert link not in page.get(reverse("admin:moderation_invitation_changelist")).content.decode()
    act(page, "invitation", "revoke", Invitation.objects.get())
    assert Client().get(link).status_code == 410
    assert has_audit("invitation.created")


def test_trusted_author_and_phrase_go_through_the_services(page, arena):
    add(page, "whitelisteduser", project=arena.pk, user_id="zed", note="")
    assert say(arena).verdict == "allow"
    delete(page, "whitelisteduser", WhitelistedUser.objects.get())
    assert has_audit("author.distrusted")
    add(page, "whitelistedphrase", project=arena.pk, phrase="flagword", language="*")
    assert WhitelistedPhrase.objects.get().added_by == "root"
    assert say(arena, "m2").verdict == "allow"


def test_ban_is_issued_told_and_lifted(page, arena):
    fields = {"user_id": "zed", "in_whole_project": "on", "type": "temporary", "hours": "2"}
    add(page, "ban", project=arena.pk, reason="spam", **fields)
    ban = Ban.objects.get()
    assert ban.issued_by == "root"
    assert OutboxEvent.objects.filter(type="ban_update").count() == 1
    act(page, "ban", "lift", ban)
    ban.refresh_from_db()
    assert ban.lifted_by == "root"
    assert has_audit("ban.lifted")


def test_ban_over_a_permanent_one_is_refused_in_the_form(page, arena):
    make_ban(arena, "zed")
    fields = {"user_id": "zed", "channel_id": "general", "type": "temporary", "reason": "spam"}
    answer = add(page, "ban", project=arena.pk, **fields)
    assert answer.context["errors"] == [["The author already has a permanent ban there."]]
    assert Ban.objects.count() == 1


def test_content_cannot_be_posted_over(page, arena):
    log = say(arena)
    assert change(page, "moderationlog", log, content="nothing").status_code == 403
    assert ModerationLog.objects.get().content == log.content
