"""The Django admin of the moderation models; importing its modules registers them."""

from moderation.admin import invitations, people, projects, records, rules, sanctions, webhooks

__all__ = ["invitations", "people", "projects", "records", "rules", "sanctions", "webhooks"]
