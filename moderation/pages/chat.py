"""A demo chat: what people in an app's channel see when Gavel moderates it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from moderation.accounts.chat_tokens import issue_chat_token
from moderation.lib.languages import gettext_lazy
from moderation.pages.shell import ProjectPage, person_of
from moderation.pipeline.submission import MAX_CONTENT_LENGTH, MAX_ID_LENGTH

#: The connections that the page can use, and what it calls them.
TRANSPORTS = {
    "socketio": "Socket.IO",
    "websocket": "WebSocket",
    "ratelimit": gettext_lazy("WebSocket with rate limit"),
}
#: What comes of each depends on the policy, the author and the connection.
EXAMPLES = (
    (gettext_lazy("Friendly"), "Hello world"),
    (gettext_lazy("Swear word"), "This is damn good"),
    (gettext_lazy("Rude"), "Shut up idiot"),
    (gettext_lazy("Insult"), "You’re a fucking idiot"),
    (gettext_lazy("Threat"), "I will kill you"),
)


class Chat(ProjectPage):
    """GET /p/{slug}/chat/{channel_id}?as=&by=socketio|websocket|ratelimit"""

    action = "check"

    def get(self, request: HttpRequest, channel_id: str) -> HttpResponse:
        if "\0" in channel_id or len(channel_id) > MAX_ID_LENGTH:
            raise Http404("No channel has this name.")
        username = person_of(request).get_username()
        typed = request.GET.get("as", "").replace("\0", "").strip()
        name = (typed or username)[:MAX_ID_LENGTH]
        token, _ = issue_chat_token(self.project, name, channel_id, name, timezone.now())
        by = request.GET.get("by", "")
        context = {
            "channel": channel_id,
            "name": name,
            "token": token,
            "by": by if by in TRANSPORTS else "socketio",
            "transports": TRANSPORTS,
            "examples": EXAMPLES,
            "most": MAX_CONTENT_LENGTH,
        }
        return self.render("moderation/chat.html", context)
