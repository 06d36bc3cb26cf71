"""The addresses of the services whose clients Gavel answers, as their documents give them."""

from django.urls import include, path, re_path

from moderation.integrations.compat import openai_moderations
from moderation.integrations.compat.perspective import views as perspective

PERSPECTIVE = [
    path("v1alpha1/comments:analyze", perspective.AnalyzeView.as_view()),
    path("v1alpha1/comments:suggestscore", perspective.SuggestView.as_view()),
    path("$discovery/rest", perspective.discovery),
    re_path(r"^v1alpha1/(?P<path>.*)$", perspective.nowhere),
]
OPENAI = [
    path("v1/moderations", openai_moderations.ModerationsView.as_view()),
    re_path(r"^v1/(?P<path>.*)$", openai_moderations.nowhere),
]
urlpatterns = [*PERSPECTIVE, *OPENAI, path("perspective/", include(PERSPECTIVE))]
