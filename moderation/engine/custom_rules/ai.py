"""The provider that answers `ai_prompt` rules, if there is one. The engine itself calls nobody."""

from typing import Protocol


class Provider(Protocol):
    """Answers a rule's question about a text; safe to share between threads."""

    def ask(self, prompt: str, text: str, /) -> str | None:
        """Return the reason why the text matches; None if it does not, or nobody answered."""


_providers: list[Provider] = []


def use_provider(provider: Provider | None) -> None:
    """Let this provider answer from now on; None: nobody does."""
    _providers[:] = [provider] if provider else []


def provider() -> Provider | None:
    return _providers[0] if _providers else None
