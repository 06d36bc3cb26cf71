from moderation.admin import people, projects, records, rules, sanctions

__all__ = ["people", "projects", "records", "rules", "sanctions"]
