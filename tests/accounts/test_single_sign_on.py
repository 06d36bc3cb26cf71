"""Single sign-on: at an OpenID Connect provider, and by the header of a trusted proxy."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from moderation.accounts.sign_in_steps import StepsAdapter
from moderation.models import AuditEntry, Membership
from moderation_site.sso import oidc_providers, sign_in_policies

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence that is long"


class Provider(ThreadingHTTPServer):
    """A provider at which `person` is signed in; `claims` replace what its token says."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.person = {"sub": "4711", "preferred_username": "noor"}
        self.claims, self.asked = {}, []

    def answer(self, path, form):
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        if path == "/token":
            self.asked.append(form)
            now = int(time.time())
            claims = {"iss": self.url, "aud": "gavel", "iat": now, "exp": now + 60, **self.person}
            token = jwt.encode({**claims, **self.claims}, "k" * 32)
            return {"access_token": "secret-token", "token_type": "Bearer", "id_token": token}
        return self.person


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        form = parse_qs(self.rfile.read(length).decode())
        body = json.dumps(self.server.answer(urlsplit(self.path).path, form)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815 (the name that the server looks for)

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    cache.clear()
    with Provider() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(
            issuer=server.url,
            client_id="gavel",
            client_secret="shared",
            name="the club",
            is_debug=True,
        )
        settings.OIDC_NAME = "the club"
        yield server
        server.shutdown()
        thread.join()


def go(client, process=""):
    """Press the button, sign in at the provider, and come back."""
    sent = client.post(f"/login/sso{process}")
    asked = parse_qs(urlsplit(sent["Location"]).query)
    return client.get("/login/sso/callback", {"code": "c0de", "state": asked["state"][0]})


def name_of(client):
    return client.get("/account").context["user"].get_username()


# --- At a provider


def test_first_sign_in_makes_an_account_that_is_a_member_of_nothing(provider, client):
    assert go(client)["Location"] == "/"
    assert name_of(client) == "noor"
    person = User.objects.get()
    assert not person.has_usable_password()
    assert not Membership.objects.exists()
    assert AuditEntry.objects.get().action == "account.created"


def test_the_same_person_gets_the_same_account_whatever_the_name(provider):
    go(Client())
    provider.person["preferred_username"] = "noor-renamed"
    again = Client()
    go(again)
    assert name_of(again) == "noor"
    assert User.objects.count() == 1


def test_nothing_of_the_person_or_the_token_is_stored(provider, client):
    provider.person |= {"email": "noor@example.org", "picture": "x"}
    go(client)
    go(Client())
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    assert User.objects.get().email == ""  # nobody verified it


def test_code_is_bound_to_the_browser_that_asked_for_it(provider, client):
    sent = parse_qs(urlsplit(client.post("/login/sso")["Location"]).query)
    assert sent["code_challenge_method"] == ["S256"]
    stolen = {"code": "c0de", "state": sent["state"][0]}
    answer = Client().get("/login/sso/callback", stolen)
    assert answer["Location"] == "/login?refused=failed"
    client.get("/login/sso/callback", stolen)
    assert provider.asked[0]["code_verifier"]


@pytest.mark.parametrize("claims", [{"aud": "other"}, {"iss": "https://evil.example"}, {"exp": 1}])
def test_token_for_somebody_else_is_refused(provider, client, claims):
    provider.claims = claims
    assert go(client)["Location"] == "/login?refused=failed"
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["noor", "n0or", "system"])
def test_name_of_another_account_is_not_given_twice(provider, client, name):
    User.objects.create_user("noor", password=PASSWORD)
    provider.person["preferred_username"] = name
    answer = client.get(go(client)["Location"])
    assert 'role="alert"' in answer.content.decode()
    assert answer.context["refused"]
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_unknown_person_stays_out_where_accounts_are_not_made(provider, client, settings):
    settings.SSO_CREATE_ACCOUNTS = False
    assert go(client)["Location"] == "/login?refused=forbidden"
    assert not User.objects.exists()


def test_account_that_was_switched_off_stays_so(provider):
    go(Client())
    User.objects.update(is_active=False)
    client = Client()
    assert go(client)["Location"] == "/login?refused=inactive"
    assert client.get("/account").status_code == 302


def test_account_with_a_password_is_connected_and_disconnected(provider, client):
    noor = User.objects.create_user("noor", password=PASSWORD)
    client.post("/login", {"username": "noor", "password": PASSWORD})
    assert go(client, "?process=connect")["Location"] == "/account/confirm"
    assert client.post("/account/confirm", {"password": PASSWORD})["Location"] == "/account"
    other = Client()
    go(other)
    assert name_of(other) == "noor"
    client.post("/account/sso/disconnect")
    assert not SocialAccount.objects.filter(user=noor).exists()


def test_only_way_to_sign_in_is_not_disconnected(provider, client):
    go(client)
    client.post("/account/sso/disconnect")
    assert SocialAccount.objects.exists()


def test_second_step_is_asked_for_too(provider, client):
    go(client)
    person = User.objects.get()
    secret = StepsAdapter().encrypt("JBSWY3DPEHPK3PXP")
    person.authenticator_set.create(type="totp", data={"secret": secret})
    other = Client()
    assert go(other)["Location"].startswith("/account/steps/authenticate")
    assert other.get("/account").status_code == 302


def test_provider_that_is_away_leads_back_with_a_reason(provider, client, settings):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"] = {"server_url": "http://127.0.0.1:9"}
    assert client.post("/login/sso")["Location"] == "/login?refused=failed"


def test_without_a_provider_there_is_no_button_and_no_address(client, db):
    assert "sso" not in client.get("/login").content.decode()
    assert client.post("/login/sso").status_code == 404
    assert client.get("/login/sso/callback").status_code == 404


def test_button_names_the_provider_and_its_policy_lets_the_form_go_there(
    provider, client, settings
):
    settings.PAGE_POLICIES = sign_in_policies(provider.url)
    answer = client.get("/login")
    assert "Sign in with the club" in answer.content.decode()
    assert f"form-action 'self' {provider.url}" in answer["Content-Security-Policy"]


# --- By a proxy


@pytest.fixture
def proxy(settings):
    """Return a function: a browser behind the proxy, or past it."""
    settings.REMOTE_USER_HEADER = "Remote-User"
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    return lambda address="10.0.0.7": Client(REMOTE_ADDR=address)


def as_person(name):
    return {"headers": {"Remote-User": name.encode().decode("latin-1")}}  # as WSGI reads it


def test_proxy_names_the_person(proxy):
    noor = User.objects.create_user("noor")
    client = proxy()
    answer = client.get("/account", **as_person("noor"))
    assert answer.context["user"] == noor
    assert client.get("/account", **as_person("noor")).context["user"] == noor
    assert noor.web_sessions.count() == 1


@pytest.mark.parametrize("address", ["10.0.1.7", "203.0.113.5", "::1", "unix"])
def test_header_from_anywhere_else_is_ignored(proxy, address):
    User.objects.create_user("noor")
    assert proxy(address).get("/account", **as_person("noor")).status_code == 302


def test_header_means_nothing_unless_it_is_set_up(proxy, settings):
    settings.REMOTE_USER_HEADER = ""
    User.objects.create_user("noor")
    assert proxy().get("/account", **as_person("noor")).status_code == 302


def test_another_name_is_another_person(proxy):
    User.objects.create_user("noor")
    User.objects.create_user("teo")
    client = proxy()
    client.get("/account", **as_person("noor"))
    answer = client.get("/account", **as_person("teo"))
    assert answer.context["user"].get_username() == "teo"


def test_who_signed_out_at_the_proxy_is_signed_out_here(proxy):
    User.objects.create_user("noor")
    client = proxy()
    client.get("/account", **as_person("noor"))
    assert client.get("/account").status_code == 302


def test_proxy_without_a_name_leaves_a_password_session_alone(proxy):
    User.objects.create_user("noor", password=PASSWORD)
    client = proxy()
    client.post("/login", {"username": "noor", "password": PASSWORD})
    assert client.get("/account").status_code == 200


def test_unknown_name_gets_an_account_or_a_reason(proxy, settings):
    assert proxy().get("/account", **as_person("zoë")).status_code == 200
    settings.SSO_CREATE_ACCOUNTS = False
    page = proxy().get("/login", **as_person("omar"))
    assert "no account here" in page.content.decode()
    assert set(User.objects.values_list("username", flat=True)) == {"zoë"}


def test_switched_off_account_is_not_signed_in(proxy):
    User.objects.create_user("noor", is_active=False)
    assert proxy().get("/account", **as_person("noor")).status_code == 302


def test_api_takes_no_header(proxy):
    User.objects.create_superuser("noor")
    assert proxy().get("/api/v1/me", **as_person("noor")).status_code in (401, 404)
