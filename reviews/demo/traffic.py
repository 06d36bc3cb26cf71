"""Send the demo authors' messages to a running server over HTTP, a few a second."""

import json
import secrets
import sys
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from django.core.management import CommandError

from moderation.lib.json_types import JsonObject
from reviews.demo.community import Author, Kind, stranger
from reviews.demo.rhythm import SCENES_A_DAY
from reviews.demo.script import Marks, sections
from reviews.demo.talk import REPORTED_RATIO, Talk, Turn, fillings

VERDICTS = ("allow", "warn", "flag", "block")
#: Conversations at the same time.
AT_ONCE = 4
#: One message in this many starts a burst of spam or raiders.
BURST_EVERY = 60
BURST = (6, 12)
BURST_CHANNELS = ("lobby", "ranked", "trade")
#: An edit and a report follow after this many messages.
EDIT_AFTER = 3
REPORT_AFTER = 5
TIMEOUT_SECONDS = 10

Say = Callable[[str], None]


class Traffic:
    """Sends the authors' messages and counts the answers."""

    def __init__(self, url: str, key: str, rng: Random) -> None:
        self.tally: Counter[str] = Counter()
        self._url, self._key, self._rng = url, key, rng
        self._prefix = f"live-{secrets.token_hex(4)}"
        #: When a follow-up is due, in messages sent, and the follow-up.
        self._later: deque[tuple[int, Callable[[], None]]] = deque()

    @property
    def sent(self) -> int:
        return sum(self.tally[verdict] for verdict in VERDICTS)

    def __str__(self) -> str:
        verdicts = ", ".join(f"{verdict} {self.tally[verdict]}" for verdict in VERDICTS)
        edits, reports = self.tally["edits"], self.tally["reports"]
        return f"sent {self.sent} ({verdicts}), edits {edits}, reports {reports}"

    def send(self, turn: Turn) -> None:
        """Check one message; then run the follow-ups that are due."""
        number = self.sent + 1
        message_id = f"{self._prefix}-{number}"
        answer = self._check(turn, turn.text, message_id)
        self.tally[answer["verdict"]] += 1
        if turn.edit:
            self._later.append((number + EDIT_AFTER, lambda: self._edit(turn, message_id)))
        is_noticed = turn.marks.is_rude and self._rng.random() < REPORTED_RATIO
        if turn.marks.is_reported or is_noticed:
            self._later.append((number + REPORT_AFTER, lambda: self._report(turn, message_id)))
        for _ in range(len(self._later)):
            due, follow = self._later.popleft()
            if due <= self.sent:
                follow()
            else:
                self._later.append((due, follow))

    def _edit(self, turn: Turn, message_id: str) -> None:
        self._check(turn, turn.edit, message_id)
        self.tally["edits"] += 1

    def _report(self, turn: Turn, message_id: str) -> None:
        reason, _, note = self._rng.choice(sections("moderators.txt")["report"]).partition(" |")
        reporter = stranger(turn.author, self._rng).user_id
        body = {
            "message_id": message_id,
            "reporter_id": reporter,
            "reason": reason,
            "note": note.strip(),
        }
        self._post("/api/v1/reports", body)
        self.tally["reports"] += 1

    def _check(self, turn: Turn, text: str, message_id: str) -> JsonObject:
        body = {
            "message_id": message_id,
            "user_id": turn.author.user_id,
            "username": turn.author.name,
            "channel_id": turn.channel,
            "content": text,
            "metadata": {"source": turn.author.client},
        }
        return self._post("/api/v1/moderation/check", body)

    def _post(self, path: str, body: Mapping[str, Any]) -> JsonObject:
        headers = {"Content-Type": "application/json", "X-API-Key": self._key}
        request = Request(self._url + path, json.dumps(body).encode(), headers)  # noqa: S310 (http only: the command checks)
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
                content: JsonObject = json.load(answer)
                return content
        except HTTPError as error:
            with error:
                raise CommandError(
                    f"{self._url}{path} answers {error.code} {error.reason}."
                ) from error
        except (URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise CommandError(f"No server answers at {self._url} ({reason}).") from error


def keep_talking(
    traffic: Traffic, rng: Random, *, per_second: float, seconds: float | None, say: Say
) -> None:
    """Send until the time is over (None: forever), at an even pace except in bursts."""
    began = next_at = time.monotonic()
    for turn, is_burst in chatter(rng):
        if seconds is not None and time.monotonic() - began >= seconds:
            return
        traffic.send(turn)
        say(str(traffic))
        if not is_burst:
            next_at = max(next_at + 1 / per_second, time.monotonic())
            time.sleep(max(0.0, next_at - time.monotonic()))


def chatter(rng: Random) -> Iterator[tuple[Turn, bool]]:
    """Yield forever what is said next and whether it belongs to a burst."""
    talk = Talk(rng)
    running = [deque(_conversation(talk, rng)) for _ in range(AT_ONCE)]
    while True:
        if rng.random() < 1 / BURST_EVERY:
            yield from ((turn, True) for turn in _burst(rng))
        place = rng.randrange(AT_ONCE)
        yield running[place].popleft(), False
        if not running[place]:
            running[place] = deque(_conversation(talk, rng))


def _conversation(talk: Talk, rng: Random) -> list[Turn]:
    language = rng.choices(list(SCENES_A_DAY), list(SCENES_A_DAY.values()))[0]
    return talk.scene(language, age=0, is_out=lambda _author, _channel: False)


def _burst(rng: Random) -> Iterator[Turn]:
    """Yield some lines of raiders or spammers, from unknown accounts."""
    section = rng.choice(("raid", "coins", "boost", "giveaway"))
    names = [f"{section}_{rng.randint(1000, 9999)}" for _ in range(4)]
    for _ in range(rng.randint(*BURST)):
        name = rng.choice(names)
        text = rng.choice(sections("incidents.txt")[section]).format(**fillings("en", rng))
        author = Author(name, name, "en", Kind.TROLL)
        yield Turn(author, rng.choice(BURST_CHANNELS), text, Marks("!"))


def show_on_terminal(line: str) -> None:
    """Rewrite the status line if standard error is a terminal."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{line}")
        sys.stderr.flush()
