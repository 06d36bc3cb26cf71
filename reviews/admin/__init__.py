"""The admin's pages of reviews: the queue, and what belongs to it."""

from reviews.admin import queue, records

__all__ = ["queue", "records"]
