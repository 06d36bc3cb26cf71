"""The older services by the names that `import_from` takes."""

from types import ModuleType

from reviews.management.older import auraflow, automoderate, bloom, chat_service

SERVICES: dict[str, ModuleType] = {
    "bloom": bloom,
    "auraflow": auraflow,
    "moderation-service": chat_service,
    "automoderate": automoderate,
}
