"""The site's addresses."""

from django.contrib import admin
from django.urls import include, path, re_path

from moderation.api.errors import not_found
from moderation.api.health import livez, readyz

urlpatterns = [
    path("admin/", admin.site.urls),
    path("livez", livez),
    path("readyz", readyz),
    path("api/v1/", include("moderation.urls")),
    path("api/v1/", include("reviews.urls")),
    re_path(r"^api/(?P<path>.*)$", not_found),
]
