"""What no second attempt cures is an error, and never answered by the fallback."""

import asyncio
import socket
import ssl
import threading

import httpx
import pytest

from gavel_client import ApiError, AsyncGavel, Fallback, Gavel, Message, ServerAway, SettingsError

ALLOW = Fallback("allow")


@pytest.fixture(params=["sync", "async"])
def check(request):
    """Return a function that checks a message at an address, or by a transport."""

    def run(message=None, url="http://gavel", answer=None, **options):
        message = message or Message("Hello", "ana", "general")
        transport = httpx.MockTransport(answer) if answer else None
        kind = Gavel if request.param == "sync" else AsyncGavel
        client = kind(url, "k", fallback=ALLOW, retries=1, transport=transport, **options)
        answered = client.check(message)
        return answered if request.param == "sync" else asyncio.run(_result(answered))

    async def _result(answered):
        return await answered

    return run


@pytest.mark.parametrize("client", [Gavel, AsyncGavel])
@pytest.mark.parametrize(
    "url",
    [
        "notaurl", "htp://x", "http://", "//gavel", "http://a b", "http://gavel:abc",
        "http://gavel:99999", "http://\ud800", "http://xn--a.example", "http://gavel?x=1",
        "https:/gavel", "gavel:8000",
    ],
)  # fmt: skip
def test_a_wrong_address_is_refused_at_once(client, url):
    with pytest.raises(SettingsError, match="is not the address of a server"):
        client(url, "k", fallback=ALLOW)


@pytest.mark.parametrize("client", [Gavel, AsyncGavel])
@pytest.mark.parametrize(
    "url",
    ["http://gavel", "HTTPS://gavel.example/under/", "http://[::1]:80", "http://m\u00fc.example"],
)
def test_other_addresses_are_fine(client, url):
    client(url, "k")


@pytest.mark.parametrize("client", [Gavel, AsyncGavel])
@pytest.mark.parametrize("key", ["\u043a\u043b\u044e\u0447", "\u00e9", "k\n", "k k", "\ud800"])
def test_a_key_that_no_header_holds_is_refused_at_once(client, key):
    with pytest.raises(SettingsError, match="The key may contain only ASCII"):
        client("http://gavel", key, fallback=ALLOW)


@pytest.mark.parametrize(
    ("message", "field"),
    [
        (Message("a\ud800", "ana", "general"), "content"),
        (Message("a", "a\udfff", "general"), "user_id"),
        (Message("a", "ana", "general", metadata={"x": [{"y": "a\ud800"}]}), "metadata"),
        (Message("a", "ana", "general", metadata={"a\ud800": 1}), "metadata"),
    ],
    ids=["content", "author", "metadata", "name"],
)
def test_a_lone_surrogate_is_the_servers_422(check, message, field):
    with pytest.raises(ApiError) as caught:
        check(message)
    sentence = "contains a lone surrogate at position 1."
    assert (caught.value.status, str(caught.value)) == (422, f"{field}: {sentence}")
    assert caught.value.errors == [{"field": field, "message": sentence, "code": "invalid"}]


def test_a_lone_surrogate_in_a_query_or_a_path_is_one_too():
    gavel = Gavel("http://gavel", "k")
    for call in (lambda: gavel.author_status("\ud800", "c"), lambda: gavel.review("\ud800")):
        with pytest.raises(ApiError, match="lone surrogate at position"):
            call()
    with pytest.raises(ApiError, match="Invalid non-printable"):
        gavel.review("a\n")


def test_https_at_a_port_that_speaks_http_is_an_error(check):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ApiError, match="No secure connection") as caught:
            check(url=f"https://127.0.0.1:{server.getsockname()[1]}")
        thread.join()
    assert caught.value.status == 0


def raising(error, cause=None):
    def answer(_request):
        raise error from cause

    return answer


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (raising(httpx.ConnectError("x"), ssl.SSLCertVerificationError("expired")), "expired"),
        (raising(httpx.RemoteProtocolError("illegal status line")), "does not speak HTTP"),
        (raising(httpx.LocalProtocolError("Illegal header value")), "Illegal header value"),
        (raising(httpx.DecodingError("bad gzip")), "bad gzip"),
        (lambda _request: httpx.Response(200, text="<html>"), "not an answer of Gavel"),
        (lambda _request: httpx.Response(200, json={"hello": 1}), "not an answer of Gavel"),
        (lambda _request: httpx.Response(200, json=[1]), "not an answer of Gavel"),
    ],
)
def test_an_answer_that_stays_wrong_is_an_error(check, answer, sentence):
    with pytest.raises(ApiError, match=sentence):
        check(answer=answer)


@pytest.mark.parametrize(
    "error",
    [
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("Server disconnected without sending a response."),
        httpx.ReadError(""),
    ],
)
def test_a_lost_connection_is_a_server_that_is_away(check, error):
    assert check(answer=raising(error, ssl.SSLEOFError("eof"))).is_fallback
    with pytest.raises(ServerAway):
        Gavel(transport=httpx.MockTransport(raising(error)), retries=0).health()
