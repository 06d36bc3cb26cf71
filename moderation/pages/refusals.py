"""What services refuse, in the page's language: they speak English, as the API does."""

import re
from functools import cache

from django.utils.translation import get_language, gettext

from moderation.lib.languages import gettext_noop

#: The sentences of `Invalid`, `Conflict` and the other errors, with braces for their values.
#: A test finds those that are missing here.
REFUSALS = (
    gettext_noop("A key cannot leave its project: revoke it."),
    gettext_noop("A member already has the address {one}."),
    gettext_noop("A project can have at most {one} rules."),
    gettext_noop("A project has at most {one} webhooks: delete one first."),
    gettext_noop("Another backtest is running: wait or cancel it."),
    gettext_noop("another review is now open for this content"),
    gettext_noop("choose at least one"),
    gettext_noop("contains a keyword without a visible character"),
    gettext_noop("contains an item twice"),
    gettext_noop("each item of the list must be an object with a 'word'"),
    gettext_noop("has an unknown charset: use one of {one}"),
    gettext_noop("has more than {one} rows"),
    gettext_noop("is an address in a private network; see WEBHOOK_ALLOW_PRIVATE"),
    gettext_noop("is empty"),
    gettext_noop("is not a field of a rule"),
    gettext_noop("is not a field of the policy"),
    gettext_noop("is not a field of this type: {one}"),
    gettext_noop("is not a valid URL"),
    gettext_noop("is not valid JSON: {one}"),
    gettext_noop("is not {one}: {two}"),
    gettext_noop(
        "is off: this server stores texts encrypted (CONTENT_ENCRYPTION_KEYS), and encrypted "
        "texts cannot be searched."
    ),
    gettext_noop("nothing is stored of {one} in {two}"),
    gettext_noop("{one} rows are too many here: use the command export_author"),
    gettext_noop("is required"),
    gettext_noop("is too early"),
    gettext_noop("line {one}: {two}"),
    gettext_noop("Message not found"),
    gettext_noop("must ascend: warn <= flag <= block"),
    gettext_noop("must be a list"),
    gettext_noop("must be a list of i, m, s"),
    gettext_noop("must be a list with at least one item"),
    gettext_noop("must be a number from 0 to 1"),
    gettext_noop("must be a regular expression"),
    gettext_noop("must be a tag such as {one}; got {two}"),
    gettext_noop("must be a text"),
    gettext_noop("must be a text of 1 to {one} characters"),
    gettext_noop("must be a whole number from 1 to {one}"),
    gettext_noop("must be a whole number from {one} to {two}"),
    gettext_noop("must be an object"),
    gettext_noop("must be an object with {one}"),
    gettext_noop("must be at most {one}"),
    gettext_noop("must be at most {one} printable ASCII characters"),
    gettext_noop("must be at most {one} texts of 1 to {two} characters"),
    gettext_noop("must be from 0 to 1"),
    gettext_noop("must be from 1 to {one}"),
    gettext_noop("must be one of {one}"),
    gettext_noop("must be true or false"),
    gettext_noop("must be before until"),
    gettext_noop("must begin with https:// or http:// and name a host"),
    gettext_noop("must contain only texts of 1 to {one} characters"),
    gettext_noop("must contain only {one}"),
    gettext_noop("must have 1 to {one} characters"),
    gettext_noop("must have 1 to {one} characters, without spaces at either end"),
    gettext_noop("must have 1 to {one} characters: the author reads it"),
    gettext_noop("must have at most {one} characters"),
    gettext_noop("must have at most {one} items"),
    gettext_noop("must have {one} to {two} characters"),
    gettext_noop("must have {one} to {two} items"),
    gettext_noop("must not be given beside hours"),
    gettext_noop("must not be later than the end of the key that you call with, {one}"),
    gettext_noop("must not be less than strikes_for_temp_ban"),
    gettext_noop("must not contain a name or password: every reader would see it"),
    gettext_noop("must not contain NUL or a lone surrogate"),
    gettext_noop("must not contain {one}"),
    gettext_noop("name at least one"),
    gettext_noop("no AI provider configured"),
    gettext_noop("of an AI prompt must be one of {one}"),
    gettext_noop("Only a delivery that was delivered or has failed can be sent again."),
    gettext_noop("Only admins and owners can change members."),
    gettext_noop("Only admins ban authors."),
    gettext_noop("only an admin or owner may answer an escalation"),
    gettext_noop("Only an owner can add, change or remove owners."),
    gettext_noop("only an owner may delete the project"),
    gettext_noop("somebody else is opening or deciding this review right now; try again"),
    gettext_noop("that is not your password"),
    gettext_noop("The 30 days are over: the data of this project is removed."),
    gettext_noop("the appeal has been decided in the meantime"),
    gettext_noop("The author already has a permanent ban there."),
    gettext_noop("the author has appealed: decide the appeal, which needs a written answer"),
    gettext_noop("The author is already banned there."),
    gettext_noop("The backtest was {one}."),
    gettext_noop("the content has been removed in the meantime"),
    gettext_noop("the content has changed since you opened it"),
    gettext_noop("the content was edited after this decision, so it cannot be undone"),
    gettext_noop("the content was edited and no longer needs a review"),
    gettext_noop(
        "the first line has no column 'word', but: {one}. It must name columns out of {two}"
    ),
    gettext_noop(
        "the first line has no column 'word'. For a list of one word a line, choose its {one}"
    ),
    gettext_noop("the first line names the column {one} twice"),
    gettext_noop("the pattern is empty"),
    gettext_noop("the pattern is longer than {one} characters"),
    gettext_noop("the pattern matches the empty string and so every text"),
    gettext_noop(
        "the pattern takes {one} ms on a text of {two} characters, and may take "
        "{three}: give its repetitions smaller limits"
    ),
    gettext_noop("The policy has no version {one}."),
    gettext_noop("the review has changed: you saw version {one}, it is now {two}"),
    gettext_noop("the rule cannot be active while its examples fail: {one}"),
    gettext_noop("The webhook is switched off: switch it on first."),
    gettext_noop("the word has no visible character, so it would never match"),
    gettext_noop("There is already a project {one}."),
    gettext_noop("There is already a webhook named “{one}”."),
    gettext_noop("There is already an account {one}, or one that looks like it."),
    gettext_noop("There is already an account {one}."),
    gettext_noop("There is no author {one} in this project."),
    gettext_noop("there is no decision to undo"),
    gettext_noop("there is no review {one} in this project"),
    gettext_noop("there is no such appeal in this project"),
    gettext_noop("There is no such content in this project."),
    gettext_noop("There is no such saved filter."),
    gettext_noop("This ban has already ended."),
    gettext_noop("this bracket is never closed"),
    gettext_noop("this decision answered an appeal and cannot be undone"),
    gettext_noop("this escalation needs no reason any more"),
    gettext_noop("This key was revoked or has expired: create a new one."),
    gettext_noop("This link has expired: it was valid for six months."),
    gettext_noop("This link is invalid or incomplete."),
    gettext_noop("This link is unknown or incomplete: try the whole link again."),
    gettext_noop("This project already has a rule with this name."),
    gettext_noop("this project does not store content (storage: hash)."),
    gettext_noop("this review is not escalated"),
    gettext_noop("this review was escalated: only an admin or owner may decide it"),
    gettext_noop("This rule was deleted in the meantime."),
    gettext_noop("This server is busy with another backtest; use Prefer: respond-async."),
    gettext_noop("This word is already on the list in this language."),
    gettext_noop("This word was deleted in the meantime."),
    gettext_noop("type {one} to delete this project"),
    gettext_noop("unknown filters or values: {one}"),
    gettext_noop("unknown flag {one}: use i, m, s"),
    gettext_noop("unknown: {one}; known: {two}"),
    gettext_noop("You already have a filter named “{one}”."),
    gettext_noop("you can undo a decision for 10 minutes; after that only an admin can"),
    gettext_noop("You cannot raise your own role: ask another owner or admin."),
    gettext_noop("You have no account here."),
    gettext_noop("You have no deleted project {one}."),
    gettext_noop("You have no password, so this is your only way to sign in."),
    gettext_noop("You have no such invitation."),
    gettext_noop("You have {one} saved filters already: delete one first."),
    gettext_noop("you made the first decision: another member of the project must answer"),
    gettext_noop("you may not create projects on this server (PROJECT_CREATION)"),
    gettext_noop("{one} already has an open invitation."),
    gettext_noop("{one} decided this: only they or an admin may undo it"),
    gettext_noop("{one} has already decided this appeal: {two}"),
    gettext_noop("{one} has already decided: {two}"),
    gettext_noop("{one} holds this review until {two} UTC"),
    gettext_noop("{one} invitations are open: revoke some first."),
    gettext_noop("{one} is a name that Gavel itself uses: choose another"),
    gettext_noop("{one} is already a member."),
    gettext_noop("{one} is no longer a member."),
    gettext_noop("{one} is not a valid group name"),
    gettext_noop("{one} is not {two} {three}."),
    gettext_noop("{one} is the only owner of {two}: make somebody else an owner first."),
    gettext_noop("{one} is the only owner: make somebody else an owner first."),
    gettext_noop("{one} looks like the name of a member: choose another"),
    gettext_noop("{one} looks like the name of one of the project's keys."),
    gettext_noop("{one} saved this: only they or an admin may change it."),
    gettext_noop("{one}, {two}: must be a list of words"),
    gettext_noop("{one}: must be an object of languages"),
)
BLANK = re.compile(r"\{(\w+)\}")


def in_words(detail: str) -> str:
    """Return a refusal in the page's language; as it is if it is not listed."""
    if (get_language() or "en") == "en":
        return detail
    for text, pattern in patterns():
        if found := pattern.fullmatch(detail):
            return gettext(text).format(**found.groupdict())
    return detail


@cache
def patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Return each sentence with its pattern, those with the most words of their own first."""
    longest_first = sorted(REFUSALS, key=lambda text: -len(BLANK.sub("", text)))
    return [(text, pattern_of(text)) for text in longest_first]


def pattern_of(text: str) -> re.Pattern[str]:
    parts = BLANK.split(text)
    # Every other part is a blank's name.
    pieces = [f"(?P<{part}>.*)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(pieces), re.DOTALL)
