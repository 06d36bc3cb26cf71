"""Words, exceptions and rules in the admin."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from moderation import rules
from moderation.admin.base import EXPORTS, ServiceAdmin, ServiceDeleteAdmin, actor_of
from moderation.admin.filters import fixed_filter
from moderation.admin.forms import ServiceForm
from moderation.lib.errors import GavelError
from moderation.models import (
    BlacklistWord,
    Rule,
    RulesetSnapshot,
    WhitelistedPhrase,
    WhitelistedUser,
)
from moderation.rules import LANGUAGE_TAG, WORD_CATEGORIES
from moderation.rules.starter_lists import LANGUAGES as BUNDLED_LANGUAGES

ANY_LANGUAGE = "*"
LANGUAGES = fixed_filter("language", (ANY_LANGUAGE, *BUNDLED_LANGUAGES), others=True)
WORD_FIELDS = (
    "word", "language", "category", "severity", "score", "is_regex", "match", "notes", "expires_at",
)  # fmt: skip


class WordForm(ServiceForm[BlacklistWord]):
    language = forms.RegexField(
        LANGUAGE_TAG, max_length=20, initial=ANY_LANGUAGE, widget=UnfoldAdminTextInputWidget
    )
    category = forms.ChoiceField(
        choices=[(name, name) for name in WORD_CATEGORIES], widget=UnfoldAdminSelectWidget
    )
    score = forms.FloatField(
        min_value=0, max_value=1, required=False, widget=UnfoldAdminDecimalFieldWidget
    )

    def perform(self) -> BlacklistWord:
        fields = self.changes()
        # The instance has the new values already; the service compares them with the stored ones.
        word = BlacklistWord.objects.select_related("project").get(pk=self.instance.pk)
        return rules.change_word(word, self.actor, fields) if fields else word


class NewWordForm(WordForm):
    def perform(self) -> BlacklistWord:
        fields = dict(self.cleaned_data)
        return rules.add_word(fields.pop("project"), self.actor, fields)


@admin.register(BlacklistWord)
class BlacklistWordAdmin(ServiceAdmin[BlacklistWord]):
    list_display = (
        "word", "project", "language", "category", "severity", "is_regex", "is_active",
        "added_by", "added_at",
    )  # fmt: skip
    list_filter = (
        "project", "is_active", "severity", "category", LANGUAGES, "is_regex", "added_at",
    )  # fmt: skip
    list_select_related = ("project",)
    search_fields = ("word", "notes", "added_by")
    search_help_text = "Word, notes or who added it"
    console_page = "blacklist"
    autocomplete_fields = ("project",)
    add_form, add_fields = NewWordForm, ("project", *WORD_FIELDS)
    change_form, change_fields = WordForm, WORD_FIELDS
    actions = ("deactivate", "activate", *EXPORTS)

    @admin.action(description="Activate the selected words again", permissions=["act"])
    def activate(self, request: HttpRequest, words: QuerySet[BlacklistWord]) -> None:
        """Activate each by itself; one that was added again meanwhile is named and left off."""
        count = 0
        for word in words.select_related("project"):
            try:
                count += rules.restore_word(word, actor_of(request))
            except GavelError as error:
                self.message_user(request, f"{word.word}: {error.detail}", messages.WARNING)
        self.message_user(request, f"Words activated: {count}.", messages.SUCCESS)

    @admin.action(description="Deactivate the selected words", permissions=["act"])
    def deactivate(self, request: HttpRequest, words: QuerySet[BlacklistWord]) -> None:
        rows = words.select_related("project")
        count = sum(rules.remove_word(word, actor_of(request)) for word in rows)
        self.message_user(request, f"Words deactivated: {count}.", messages.SUCCESS)


class NewTrustedForm(ServiceForm[WhitelistedUser]):
    def perform(self) -> WhitelistedUser:
        fields = self.cleaned_data
        return rules.trust_author(fields["project"], self.actor, fields["user_id"], fields["note"])


@admin.register(WhitelistedUser)
class WhitelistedUserAdmin(ServiceDeleteAdmin[WhitelistedUser]):
    list_display = ("user_id", "project", "note", "added_by", "added_at")
    list_filter = ("added_at", "project")
    list_select_related = ("project",)
    search_fields = ("user_id", "note", "added_by")
    search_help_text = "Author, note or who added it"
    date_hierarchy = "added_at"
    autocomplete_fields = ("project",)
    add_form, add_fields = NewTrustedForm, ("project", "user_id", "note")

    def delete_model(self, request: HttpRequest, obj: WhitelistedUser) -> None:
        rules.distrust_author(obj, actor_of(request))


class NewPhraseForm(ServiceForm[WhitelistedPhrase]):
    language = forms.RegexField(
        LANGUAGE_TAG, max_length=20, initial=ANY_LANGUAGE, widget=UnfoldAdminTextInputWidget
    )

    def perform(self) -> WhitelistedPhrase:
        fields = self.cleaned_data
        return rules.allow_phrase(
            fields["project"], self.actor, fields["phrase"], fields["language"]
        )


@admin.register(WhitelistedPhrase)
class WhitelistedPhraseAdmin(ServiceAdmin[WhitelistedPhrase]):
    list_display = ("phrase", "project", "language", "added_by", "added_at")
    list_filter = ("project", LANGUAGES, "added_at")
    list_select_related = ("project",)
    search_fields = ("phrase", "added_by")
    search_help_text = "Phrase or who added it"
    date_hierarchy = "added_at"
    autocomplete_fields = ("project",)
    add_form, add_fields = NewPhraseForm, ("project", "phrase", "language")


@admin.register(Rule)
class RuleAdmin(ServiceAdmin[Rule]):
    list_display = ("name", "project", "type", "action", "priority", "is_active", "shadow")
    list_filter = ("is_active", "shadow", "type", "action", "created_at", "project")
    list_select_related = ("project",)
    search_fields = ("name", "created_by")
    search_help_text = "Name or who created it"
    date_hierarchy = "created_at"
    console_page = "rules"


@admin.register(RulesetSnapshot)
class RulesetSnapshotAdmin(ServiceAdmin[RulesetSnapshot]):
    list_display = ("__str__", "project", "version", "created_at")
    list_filter = ("created_at", "project")
    list_select_related = ("project",)
    search_fields = ("project__slug",)
    search_help_text = "Project"
    ordering = ("-id",)
