"""Refuse to start in production with settings that are only safe on a developer's machine."""

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32
FEWEST_SYMBOLS = 5


def refuse_unsafe_production(
    *, secret_key: str, allowed_hosts: list[str], open_project: str, open_project_public: bool
) -> None:
    """Raise at the first unsafe setting. Called by settings, so that every entrance is stopped."""
    refuse_weak_key(secret_key)
    refuse_any_host(allowed_hosts)
    if open_project and not open_project_public:
        raise ImproperlyConfigured(
            f"OPEN_PROJECT={open_project} lets anybody call without a key. With DEBUG=false, "
            "unset it, or set OPEN_PROJECT_PUBLIC=true if that is wanted."
        )


def refuse_weak_key(secret_key: str) -> None:
    guessable = secret_key.startswith("django-insecure") or len(set(secret_key)) < FEWEST_SYMBOLS
    if guessable or len(secret_key) < SHORTEST_KEY:
        raise ImproperlyConfigured(
            f"SECRET_KEY is weak: with DEBUG=false it needs {SHORTEST_KEY} random characters or "
            "more, and must not start with django-insecure."
        )


def refuse_any_host(allowed_hosts: list[str]) -> None:
    if not allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is required when DEBUG is false.")
    if "*" in allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts when DEBUG is false, not *.")
