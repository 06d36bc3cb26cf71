"""API keys: create one, show it once, revoke it."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _

from moderation.accounts.keys import (
    HIGHEST_RATE,
    LONGEST_KEY_NAME,
    create_key,
    expiry_in,
    revoke_key,
)
from moderation.lib.errors import GavelError
from moderation.lib.highlight import lazy_title
from moderation.lib.languages import gettext_lazy, lazy_format
from moderation.lib.paging import page_of
from moderation.models import ApiKey, Scope
from moderation.pages.confirmation import ConfirmationPage, OncePage, Question
from moderation.pages.forms import ConsoleForm
from moderation.pages.shell import ProjectPage
from moderation.pages.snippets import Snippet, snippets
from moderation.queries.people import ended_keys, working_keys

SCOPES = {
    Scope.CHECK: gettext_lazy("check messages, analyse texts, report content."),
    Scope.READ: gettext_lazy("read content, reviews, lists, statistics and live events."),
    Scope.REVIEW: gettext_lazy("decide in the queue. Includes read."),
    Scope.ADMIN: gettext_lazy(
        "manage words, policy, bans, members and keys. Includes review and read."
    ),
}
MOST_DAYS = 3650
SAMPLE = {"message_id": "m-1", "user_id": "ana", "channel_id": "general", "content": "Hello world"}


class KeyForm(ConsoleForm):
    name = forms.CharField(
        max_length=LONGEST_KEY_NAME,
        help_text=gettext_lazy("What uses the key. Decisions and the audit log show this name."),
    )
    scopes = forms.MultipleChoiceField(
        choices=[
            (scope.value, lazy_format("{scope}: {text}", scope=lazy_title(scope.value), text=text))
            for scope, text in SCOPES.items()
        ],
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.CHECK],
        label=gettext_lazy("Scopes"),
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        label=gettext_lazy("Expires after (days)"),
        help_text=gettext_lazy("Leave empty for a key that never expires."),
    )
    rate_per_minute = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_RATE,
        required=False,
        label=gettext_lazy("Calls per minute"),
        help_text=gettext_lazy("Leave empty for no limit."),
    )
    rate_per_hour = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_RATE,
        required=False,
        label=gettext_lazy("Calls per hour"),
        help_text=gettext_lazy("Leave empty for no limit."),
    )
    #: Reloading the answer must not create a second key.
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class Keys(ProjectPage):
    """GET /p/{slug}/settings/keys?state=&before=&after="""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        is_ended = request.GET.get("state") == "ended"
        now = timezone.now()
        find = ended_keys if is_ended else working_keys
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        context = {
            "tab": "keys",
            "is_ended": is_ended,
            "now": now,
            "page": page_of(find(self.project, now), "created_at", before=before, after=after),
        }
        return self.render("moderation/keys.html", context)


class NewKey(OncePage):
    """GET, POST /p/{slug}/settings/keys/new; only the answer of the POST shows the key."""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest) -> HttpResponse:
        return self.form_page(KeyForm(initial={"once": self.fresh_once()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        if self.was_done(form.cleaned_data["once"]):
            messages.warning(request, _("That key already exists. A key is shown only once."))
            return redirect("console:keys", self.project.slug)
        try:
            return self.make(form)
        except GavelError as error:
            form.refuse(error)
            return self.form_page(form, error.status)

    def form_page(self, form: KeyForm, status: int = 200) -> HttpResponse:
        return self.render("moderation/key_new.html", {"form": form, "tab": "keys"}, status)

    def make(self, form: KeyForm) -> HttpResponse:
        wanted = dict(form.cleaned_data)
        once, days = wanted.pop("once"), wanted.pop("days")
        key, raw = create_key(
            self.project, **wanted, expires_at=expiry_in(days), actor=self.caller.name
        )
        self.note_done(once)
        context = {"tab": "keys", "key": key, "raw": raw, "snippets": self.snippets(key, raw)}
        answer = self.render("moderation/key_made.html", context)
        patch_cache_control(answer, no_store=True)
        return answer

    def snippets(self, key: ApiKey, raw: str) -> list[Snippet]:
        """Return calls that work with this key."""
        here = self.request.build_absolute_uri
        if Scope.CHECK not in key.scopes:
            return snippets(here("/api/v1/reviews"), raw, None)
        return snippets(here("/api/v1/moderation/check"), raw, SAMPLE)


class RevokeKey(ConfirmationPage):
    """GET, POST /p/{slug}/settings/keys/{key_id}/revoke"""

    action = "admin"
    place = "Settings"

    def get(self, _request: HttpRequest, key_id: int) -> HttpResponse:
        key = self.key(key_id)
        question = Question(
            title=_("Revoke {name}").format(name=key.name),
            sentences=[
                _("Calls with {prefix}… fail within a second, and its sockets close.").format(
                    prefix=key.prefix
                ),
                _("You cannot undo this: whatever uses the key will need a new one."),
            ],
            verb=_("Revoke key"),
            back=reverse("console:keys", args=[self.project.slug]),
            page=_("Settings"),
        )
        return self.confirm(question)

    def post(self, request: HttpRequest, key_id: int) -> HttpResponse:
        key = self.key(key_id)
        if revoke_key(key, actor=self.caller.name):
            messages.success(request, _("{name} was revoked.").format(name=key.name))
        else:
            messages.info(request, _("{name} had already been revoked.").format(name=key.name))
        return redirect("console:keys", self.project.slug)

    def key(self, key_id: int) -> ApiKey:
        keys = ApiKey.objects.filter(project=self.project).select_related("project")
        key = keys.filter(pk=key_id).first()
        if key is None:
            raise Http404("There is no such key in this project.")
        return key
