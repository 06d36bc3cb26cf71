"""Trusted authors and allowed phrases: two admins who remove one at the same time."""

import pytest

from moderation import rules
from moderation.models import AuditEntry, Project, WhitelistedPhrase, WhitelistedUser
from tests.factories import make_project

pytestmark = pytest.mark.django_db


def version(project):
    return Project.objects.get(pk=project.pk).ruleset_version


def test_author_is_distrusted_once():
    project = make_project()
    trusted = rules.trust_author(project, "noor", "zed")
    stale = WhitelistedUser.objects.get(pk=trusted.pk)
    assert rules.distrust_author(trusted, "noor")
    before = version(project)
    assert not rules.distrust_author(stale, "amal")
    assert version(project) == before
    assert AuditEntry.objects.get(action="author.distrusted").actor == "noor"


def test_author_who_was_trusted_again_meanwhile_stays_trusted():
    project = make_project()
    stale = rules.trust_author(project, "noor", "zed")
    rules.distrust_author(WhitelistedUser.objects.get(pk=stale.pk), "noor")
    rules.trust_author(project, "noor", "zed")
    assert not rules.distrust_author(stale, "amal")
    assert WhitelistedUser.objects.filter(user_id="zed").exists()


def test_phrase_is_disallowed_once():
    project = make_project()
    allowed = rules.allow_phrase(project, "noor", "kill the lights")
    stale = WhitelistedPhrase.objects.get(pk=allowed.pk)
    assert rules.disallow_phrase(allowed, "noor")
    assert not rules.disallow_phrase(stale, "amal")
    assert AuditEntry.objects.filter(action="phrase.disallowed").count() == 1
