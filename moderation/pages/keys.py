"""API keys: make one, see it this once, revoke it."""

import json
import shlex

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from moderation import access, queries
from moderation.access import HIGHEST_RATE, LONGEST_KEY_NAME
from moderation.errors import GavelError
from moderation.models import ApiKey, Scope
from moderation.pages.asking import AskingPage, OncePage, Question
from moderation.pages.forms import HouseForm
from moderation.pages.shell import ProjectPage

SCOPES = {
    Scope.CHECK: "Send messages to be judged, analyse texts, report content.",
    Scope.READ: "Read content, reviews, lists, statistics and live events.",
    Scope.REVIEW: "Decide in the queue. Includes read.",
    Scope.ADMIN: "Change words, policy, bans, members and keys. Includes review and read.",
}
MOST_DAYS = 3650
SAMPLE = {"message_id": "m-1", "user_id": "ana", "channel_id": "general", "content": "Hello world"}


class KeyForm(HouseForm):
    name = forms.CharField(
        max_length=LONGEST_KEY_NAME,
        help_text="What it is for. Decisions and the audit log show this name.",
    )
    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope.label}: {text}") for scope, text in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.CHECK],
        label="It may",
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MOST_DAYS,
        required=False,
        label="Expires after days",
        help_text="Empty: it works until it is revoked.",
    )
    rate_per_minute = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_RATE,
        required=False,
        label="Calls a minute",
        help_text="Empty: no limit.",
    )
    rate_per_hour = forms.IntegerField(
        min_value=1,
        max_value=HIGHEST_RATE,
        required=False,
        label="Calls an hour",
        help_text="Empty: no limit.",
    )
    #: A form that made a key makes no other when its page is loaded again.
    once = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class Keys(ProjectPage):
    """GET /p/{slug}/settings/keys?state=&before=&after="""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        is_ended = request.GET.get("state") == "ended"
        now = timezone.now()
        find = queries.ended_keys if is_ended else queries.working_keys
        before, after = request.GET.get("before", ""), request.GET.get("after", "")
        context = {
            "tab": "keys",
            "is_ended": is_ended,
            "now": now,
            "page": queries.page_of(
                find(self.project, now), "created_at", before=before, after=after
            ),
        }
        return self.render("moderation/keys.html", context)


class NewKey(OncePage):
    """GET, POST /p/{slug}/settings/keys/new; only the answer of the POST shows the key."""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.form_page(KeyForm(initial={"once": self.fresh_once()}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.form_page(form, 422)
        if self.was_done(form.cleaned_data["once"]):
            messages.warning(request, "That key was made already; a key is shown only once.")
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
        key, raw = access.create_key(
            self.project, **wanted, expires_at=access.expiry_in(days), actor=self.caller.name
        )
        self.note_done(once)
        context = {"tab": "keys", "key": key, "raw": raw, "curl": self.curl(key, raw)}
        answer = self.render("moderation/key_made.html", context)
        patch_cache_control(answer, no_store=True)
        return answer

    def curl(self, key: ApiKey, raw: str) -> str:
        """Return a call that this key may make."""
        here = self.request.build_absolute_uri
        header = f"-H {shlex.quote(f'X-API-Key: {raw}')}"
        if Scope.CHECK not in key.scopes:
            return f"curl -s {here('/api/v1/reviews')} {header}"
        body = shlex.quote(json.dumps(SAMPLE))
        url = here("/api/v1/moderation/check")
        return f"curl -s {url} {header} -H 'Content-Type: application/json' -d {body}"


class RevokeKey(AskingPage):
    """GET, POST /p/{slug}/settings/keys/{key_id}/revoke"""

    action = "admin"
    place = "Settings"

    def get(self, request: HttpRequest, key_id: int) -> HttpResponse:
        key = self.key(key_id)
        question = Question(
            title=f"Revoke {key.name}",
            sentences=[
                f"Calls with {key.prefix}… are refused within a second, and its sockets close.",
                "This cannot be undone: whoever used it needs another key.",
            ],
            verb="Revoke the key",
            back=reverse("console:keys", args=[self.project.slug]),
            page="Settings",
        )
        return self.ask(question)

    def post(self, request: HttpRequest, key_id: int) -> HttpResponse:
        key = self.key(key_id)
        if access.revoke_key(key, actor=self.caller.name):
            messages.success(request, f"{key.name} is revoked.")
        else:
            messages.info(request, f"{key.name} was revoked already.")
        return redirect("console:keys", self.project.slug)

    def key(self, key_id: int) -> ApiKey:
        keys = ApiKey.objects.filter(project=self.project).select_related("project")
        key = keys.filter(pk=key_id).first()
        if key is None:
            raise Http404("There is no such key in this project.")
        return key
