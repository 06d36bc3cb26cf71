from moderation.rules.exceptions import (
    allow_phrase,
    disallow_phrase,
    distrust_author,
    refresh_ruleset,
    trust_author,
)
from moderation.rules.imports import ImportedRow, import_words, preview_import
from moderation.rules.policy import change_policy, changed_policy, restore_policy
from moderation.rules.project_model import activate_model, roll_back_model, store_model
from moderation.rules.rule import (
    Draft,
    change_rule,
    create_rule,
    delete_rule,
    draft_of,
    draft_rule,
)
from moderation.rules.words import (
    LANGUAGE_TAG,
    WORD_CATEGORIES,
    add_word,
    change_word,
    check_word,
    remove_word,
    restore_word,
)

__all__ = [
    "LANGUAGE_TAG",
    "WORD_CATEGORIES",
    "Draft",
    "ImportedRow",
    "activate_model",
    "add_word",
    "allow_phrase",
    "change_policy",
    "change_rule",
    "change_word",
    "changed_policy",
    "check_word",
    "create_rule",
    "delete_rule",
    "disallow_phrase",
    "distrust_author",
    "draft_of",
    "draft_rule",
    "import_words",
    "preview_import",
    "refresh_ruleset",
    "remove_word",
    "restore_policy",
    "restore_word",
    "roll_back_model",
    "store_model",
    "trust_author",
]
