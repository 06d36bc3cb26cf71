"""A Discord for tests: gateway payloads go through discord.py's own parsers, calls are recorded."""

import asyncio
import itertools

import discord
from discord.http import Route

from moderation.delivery.discord.bot import GavelBot

BOT, ANA, MODERATOR, GUILD, GENERAL, REVIEWS = 1, 20, 30, 100, 200, 300
ROLE_OF_MODERATORS = 101
EVERYONE, MODERATES, ADMINISTERS = 0x400 | 0x800, 1 << 40, 1 << 3
CANNOT_SEND_TO_USER = 50007


def user(id_, name, **fields):
    return {"id": str(id_), "username": name, "discriminator": "0", "avatar": None, **fields}


def role(id_, permissions, position):
    return {
        "id": str(id_), "name": f"role {id_}", "permissions": str(permissions), "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "position": position, "hoist": False, "managed": False, "mentionable": False, "flags": 0,
    }  # fmt: skip


def member(id_, name, *roles):
    return {
        "user": user(id_, name, bot=id_ == BOT), "roles": [str(one) for one in roles],
        "deaf": False, "mute": False, "flags": 0, "joined_at": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip


def channel(id_, name):
    return {
        "id": str(id_), "type": 0, "name": name, "position": 0, "permission_overwrites": [],
        "guild_id": str(GUILD),
    }  # fmt: skip


def guild():
    return {
        "id": str(GUILD), "name": "Arena", "owner_id": "9", "verification_level": 0,
        "default_message_notifications": 0, "explicit_content_filter": 0, "features": [],
        "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "system_channel_flags": 0,
        "preferred_locale": "en-US", "afk_timeout": 0, "emojis": [], "stickers": [],
        "roles": [role(GUILD, EVERYONE, 0), role(ROLE_OF_MODERATORS, MODERATES, 1)],
        "channels": [channel(GENERAL, "general"), channel(REVIEWS, "mod-review")],
        "members": [
            member(BOT, "gavel"), member(ANA, "ana"), member(MODERATOR, "noor", ROLE_OF_MODERATORS)
        ],
        "threads": [], "voice_states": [], "presences": [], "member_count": 3, "large": False,
    }  # fmt: skip


class FakeDiscord:
    """Feeds the bot events and answers its calls; `calls` has method, path and JSON of each."""

    def __init__(self, project, decider, monkeypatch):
        self.calls = []
        #: What its audit log would show.
        self.reasons = []
        #: Paths whose calls are refused, with Discord's code.
        self.refusals = {}
        self._ids = itertools.count(1000)
        self.bot = GavelBot(project, decider, "mod-review")
        self.bot.loop = asyncio.get_running_loop()
        self.bot.http.request = self.request
        self.bot.http.token = "token"
        monkeypatch.setattr("discord.webhook.async_.AsyncWebhookAdapter.request", self.hook)
        state = self.state = self.bot._connection
        state.user = discord.ClientUser(state=state, data=user(BOT, "gavel", bot=True))
        state.application_id = BOT
        state._users[BOT] = state.user
        state.parse_guild_create(guild())

    async def request(self, route, *, json=None, form=None, files=None, reason=None, **_options):
        path = route.url.removeprefix(Route.BASE)
        self.calls.append((route.method, path, json))
        if reason:
            self.reasons.append(reason)
        if code := self.refusals.get(path):
            raise discord.Forbidden(Response(), {"code": code, "message": "no"})
        if path == "/users/@me/channels":
            return {"id": "500", "type": 1, "recipients": [user(ANA, "ana")]}
        if route.method in {"POST", "PATCH"} and "/messages" in path:
            return self.message(id_=next(self._ids), author=BOT, **(json or {}))
        if route.method in {"GET", "PATCH"} and "/members/" in path:
            return member(ANA, "ana")
        return []

    async def hook(self, route, session=None, **options):
        """Answer the calls below an interaction, which have a client of their own."""
        self.calls.append(("HOOK", route.url.rpartition("/")[2], options.get("payload")))
        if route.url.endswith("/callback"):
            return {"interaction": {"id": "7", "type": 3}}
        return self.message(author=BOT)

    def message(self, content="", *, id_=1, author=ANA, channel_id=GENERAL, **fields):
        """Return a message as the gateway sends it."""
        names = {BOT: "gavel", ANA: "ana", MODERATOR: "noor", 9: "owner"}
        embeds = [{**one, "type": "rich"} for one in fields.get("embeds") or []]
        return {
            "id": str(id_), "channel_id": str(channel_id), "guild_id": str(GUILD),
            "author": user(author, names[author], bot=author == BOT), "content": content,
            "member": {key: value for key, value in member(author, "").items() if key != "user"},
            "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False,
            "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
            "embeds": embeds, "pinned": False, "type": 0,
            "components": fields.get("components", []),
        }  # fmt: skip

    async def say(self, content, **fields):
        """Let somebody write a message, and wait until the bot is done with it."""
        self.state.parse_message_create(self.message(content, **fields))
        await self.settle()

    async def edit(self, content, **fields):
        self.state.parse_message_update(self.message(content, **fields))
        await self.settle()

    async def press(self, custom_id, presser, permissions, shown):
        """Let somebody press a button below a message that the bot posted."""
        self.state.parse_interaction_create({
            "id": "7", "application_id": str(BOT), "type": 3, "token": "t", "version": 1,
            "guild_id": str(GUILD), "channel_id": str(REVIEWS), "locale": "en-US",
            "channel": channel(REVIEWS, "mod-review"),
            "member": {**member(presser, "noor"), "permissions": str(permissions)},
            "message": shown, "entitlements": [], "authorizing_integration_owners": {},
            "attachment_size_limit": 0, "app_permissions": "0",
            "data": {"custom_id": custom_id, "component_type": 2},
        })  # fmt: skip
        await self.settle()

    async def settle(self):
        """Wait until every task that an event started is over."""
        own = asyncio.current_task()
        while waiting := asyncio.all_tasks() - {own}:
            await asyncio.wait(waiting)

    def done(self, *methods):
        return [(method, path) for method, path, _ in self.calls if method in methods]


class Response:
    status, reason = 403, "Forbidden"
