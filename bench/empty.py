"""A Django application that does nothing: what the stack takes before the product comes to it."""

from django.conf import settings

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"])

# Below: what needs the line above.
from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402

urlpatterns = [path("", lambda _request: JsonResponse({}))]
application = get_asgi_application()
