from moderation.admin import people, projects, records, rules, sanctions, webhooks

__all__ = ["people", "projects", "records", "rules", "sanctions", "webhooks"]
