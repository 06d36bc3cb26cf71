"""The demo chat's page: who gets it, and the token that it holds."""

import re

import pytest
from django.utils import timezone

from moderation.accounts.chat_tokens import read_chat_token

PAGE = "/p/arena/chat/lobby"


def token_on(answer):
    token = re.search(r'data-token="([^"]+)"', answer.content.decode())[1]
    return read_chat_token(token, timezone.now())


def test_the_token_is_the_persons_own_for_this_channel(signed_in):
    client = signed_in("moderator")
    allowed = token_on(client.get(PAGE))
    assert (allowed.project, allowed.channel_id) == ("arena", "lobby")
    assert token_on(client.get(f"{PAGE}?as=Ana")).user_id == "Ana"


@pytest.mark.parametrize("name", ["%00", "x" * 300, "  ", "<b>"])
def test_any_name_is_taken(signed_in, name):
    allowed = token_on(signed_in("moderator").get(f"{PAGE}?as={name}"))
    assert 1 <= len(allowed.user_id) <= 200


@pytest.mark.parametrize("channel", ["%00", "a%00b", "x" * 201])
def test_a_name_that_no_channel_can_have_is_not_found(signed_in, channel):
    assert signed_in("moderator").get(f"/p/arena/chat/{channel}").status_code == 404


def test_an_unknown_connection_is_socket_io(signed_in):
    text = signed_in("moderator").get(f"{PAGE}?by=nonsense").content.decode()
    assert 'data-by="socketio"' in text


def test_the_page_is_not_for_viewers(signed_in):
    assert signed_in("viewer").get(PAGE).status_code == 403
