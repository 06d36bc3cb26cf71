"""Refuse to start in production with settings that are safe only for development."""

from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32
FEWEST_SYMBOLS = 5
#: What stands in examples of settings.
EXAMPLES = ("changeme", "change-me", "change_me", "django-insecure", "your-secret", "your_secret")


def refuse_unsafe_production(
    *, secret_key: str, allowed_hosts: list[str], open_project: str, open_project_public: bool
) -> None:
    """Raise at the first unsafe setting; called by the settings, so every entry point stops."""
    refuse_weak_key(secret_key)
    refuse_any_host(allowed_hosts)
    if open_project and not open_project_public:
        raise ImproperlyConfigured(
            f"OPEN_PROJECT={open_project} lets anybody call without a key. With DEBUG=false, "
            "unset it, or set OPEN_PROJECT_PUBLIC=true if you want that."
        )


def refuse_weak_key(secret_key: str) -> None:
    if is_weak_key(secret_key):
        raise ImproperlyConfigured(
            f"SECRET_KEY is weak: with DEBUG=false it needs {SHORTEST_KEY} random characters or "
            "more, and must not be an example such as changeme. To make one: "
            "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )


def is_weak_key(key: str) -> bool:
    lower = key.lower()
    is_example = any(example in lower for example in EXAMPLES)
    return is_example or len(set(key)) < FEWEST_SYMBOLS or len(key) < SHORTEST_KEY


def refuse_any_host(allowed_hosts: list[str]) -> None:
    if not allowed_hosts:
        raise ImproperlyConfigured("ALLOWED_HOSTS is required when DEBUG is false.")
    for host in allowed_hosts:
        # `.com` means every host below it.
        is_top_level = host.startswith(".") and "." not in host.strip(".")
        if "*" in host or is_top_level:
            raise ImproperlyConfigured(
                f"ALLOWED_HOSTS must name the hosts when DEBUG is false, not {host!r}."
            )
