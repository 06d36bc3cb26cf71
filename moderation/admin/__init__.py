from moderation.admin import projects, records, rules, sanctions

__all__ = ["projects", "records", "rules", "sanctions"]
