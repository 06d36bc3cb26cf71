"""A minimal moderation service: FastAPI, a word list, one row for each check, sockets that listen.

`DATABASE_URL` names its database, `RIVAL_KEY` the API key that it accepts.
"""

import asyncio
import os
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

from fastapi import Depends, FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field

from bench.rival.store import Store, open_store
from bench.rival.words import find

KEY = os.environ.get("RIVAL_KEY", "")


class Message(BaseModel):
    message_id: str = Field(min_length=1, max_length=200)
    user_id: str = Field(min_length=1, max_length=200)
    channel_id: str = Field(min_length=1, max_length=200)
    content: str = Field(min_length=1, max_length=10_000)
    metadata: dict[str, Any] = {}


class Batch(BaseModel):
    messages: list[Message] = Field(min_length=1, max_length=100)


class Answer(BaseModel):
    content_id: uuid.UUID
    message_id: str
    is_approved: bool
    verdict: Literal["allow", "flag"]
    reasons: list[str]
    detected_words: list[str]
    processing_time: float


class Answers(BaseModel):
    results: list[Answer]


class State:
    store: Store
    listeners: set[WebSocket]


state = State()


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    state.listeners = set()
    state.store = await open_store(os.environ["DATABASE_URL"])
    yield
    await state.store.close()


app = FastAPI(lifespan=lifespan)


async def authenticated(x_api_key: Annotated[str, Header()] = "") -> None:
    if x_api_key != KEY:
        raise HTTPException(401, "Unknown key")


@app.post("/api/v1/moderation/check", dependencies=[Depends(authenticated)])
async def check(message: Message) -> Answer:
    answer, row = judge(message)
    await state.store.add([row])
    await tell(answer)
    return answer


@app.post("/api/v1/moderation/check/batch", dependencies=[Depends(authenticated)])
async def check_batch(batch: Batch) -> Answers:
    judged = [judge(message) for message in batch.messages]
    await state.store.add([row for _, row in judged])
    for answer, _ in judged:
        await tell(answer)
    return Answers(results=[answer for answer, _ in judged])


@app.websocket("/ws/projects/bench/")
async def listen(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_json({"type": "joined_project"})
    state.listeners.add(socket)
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        state.listeners.discard(socket)


def judge(message: Message) -> tuple[Answer, tuple[Any, ...]]:
    started = time.perf_counter()
    found = find(message.content)
    answer = Answer(
        content_id=uuid.uuid4(),
        message_id=message.message_id,
        is_approved=not found,
        verdict="flag" if found else "allow",
        reasons=["insult"] if found else [],
        detected_words=found,
        processing_time=time.perf_counter() - started,
    )
    row = (
        str(answer.content_id), message.message_id, message.user_id, message.channel_id,
        message.content, answer.verdict, ",".join(found),
    )  # fmt: skip
    return answer, row


async def tell(answer: Answer) -> None:
    if not state.listeners:
        return
    event = {"type": "moderation_update", "data": answer.model_dump(mode="json")}
    await asyncio.gather(*(one.send_json(event) for one in state.listeners), return_exceptions=True)
