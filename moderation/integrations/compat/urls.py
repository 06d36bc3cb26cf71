"""The addresses of the services whose clients Gavel answers, as their documents give them."""

from django.urls import include, path, re_path

from moderation.integrations.compat import (
    auraflow,
    automoderate,
    bloom,
    moderate,
    openai_moderations,
)
from moderation.integrations.compat.perspective import views as perspective

PERSPECTIVE = [
    path("v1alpha1/comments:analyze", perspective.AnalyzeView.as_view()),
    path("v1alpha1/comments:suggestscore", perspective.SuggestView.as_view()),
    path("$discovery/rest", perspective.discovery),
    re_path(r"^v1alpha1/(?P<path>.*)$", perspective.nowhere),
]
OLDER = [
    path("moderate", moderate.ModerateView.as_view()),
    path("moderate-with-strikes", bloom.ModerateWithStrikesView.as_view()),
    path("messages", auraflow.MessagesView.as_view()),
    path("tasks/<uuid:task_id>", bloom.TaskView.as_view()),
    path("content", automoderate.ContentsView.as_view()),
    path("content/<str:content_id>", automoderate.ContentView.as_view()),
    path("stats", automoderate.StatsView.as_view()),
    path("health", automoderate.HealthView.as_view()),
]
OPENAI = [
    path("v1/moderations", openai_moderations.ModerationsView.as_view()),
    re_path(r"^v1/(?P<path>.*)$", openai_moderations.nowhere),
]
urlpatterns = [
    path("api/", include(OLDER)),
    *PERSPECTIVE,
    path("perspective/", include(PERSPECTIVE)),
    *OPENAI,
]
