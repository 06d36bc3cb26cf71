"""Addresses of the services whose clients Gavel answers, as their documentation gives them."""

from django.urls import include, path, re_path

from moderation.integrations.compat import (
    amazon_comprehend,
    auraflow,
    automoderate,
    azure_content_safety,
    bloom,
    moderate,
    openai_moderations,
)
from moderation.integrations.compat.perspective import views as perspective

PERSPECTIVE = [
    path("v1alpha1/comments:analyze", perspective.AnalyzeView.as_view()),
    path("v1alpha1/comments:suggestscore", perspective.SuggestView.as_view()),
    path("$discovery/rest", perspective.DiscoveryView.as_view()),
    # Whatever else a client of Google's may ask for is told so in Google's envelope.
    re_path(r"^(?P<path>(v1alpha1|batch|\$discovery)(/.*)?)$", perspective.not_found),
]
OLDER = [
    path("moderate", moderate.ModerateView.as_view()),
    path("moderate-with-strikes", bloom.ModerateWithStrikesView.as_view()),
    path("messages", auraflow.MessagesView.as_view()),
    path("tasks/<str:task_id>", bloom.TaskView.as_view()),
    path("content", automoderate.ContentsView.as_view()),
    path("content/<str:content_id>", automoderate.ContentView.as_view()),
    path("stats", automoderate.StatsView.as_view()),
    path("health", automoderate.HealthView.as_view()),
]
OPENAI = [
    path("v1/moderations", openai_moderations.ModerationsView.as_view()),
    re_path(r"^(?P<path>v1(/.*)?)$", openai_moderations.not_found),
]
AZURE = [
    path("contentsafety/text:analyze", azure_content_safety.TextAnalyzeView.as_view()),
    re_path(r"^(?P<path>contentsafety(/.*)?)$", azure_content_safety.not_found),
]
AMAZON = [
    path("comprehend/", amazon_comprehend.DetectToxicContentView.as_view()),
    path("comprehend", amazon_comprehend.DetectToxicContentView.as_view()),
    re_path(r"^(?P<path>comprehend/.*)$", amazon_comprehend.not_found),
]
urlpatterns = [
    path("api/", include(OLDER)),
    *PERSPECTIVE,
    path("perspective/", include(PERSPECTIVE)),
    re_path(r"^(?P<path>perspective(/.*)?)$", perspective.not_found),
    *OPENAI,
    *AZURE,
    *AMAZON,
]
