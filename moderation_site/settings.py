"""All settings: read from the environment and `.env`, checked before anything starts."""

import os
from datetime import timedelta
from pathlib import Path

from corsheaders.defaults import default_headers

from moderation_site import page_policies, shared_memory
from moderation_site.checks import refuse_unsafe_production
from moderation_site.cors import ANSWER_HEADERS, CLIENT_HEADERS
from moderation_site.databases import database_settings
from moderation_site.env import (
    env_address,
    env_amqp,
    env_bool,
    env_choice,
    env_content_keys,
    env_database,
    env_int,
    env_list,
    env_mail,
    env_model,
    env_networks,
    env_origins,
    env_redis,
    env_secret,
    env_text,
    env_url,
    read_dotenv,
)
from moderation_site.files import private_folder
from moderation_site.formats.en import formats
from moderation_site.logs import logging_settings
from moderation_site.places import ASSETS, PACKAGE, base_folder, data_folder
from moderation_site.spectacular import spectacular_settings
from moderation_site.sso import oidc_providers, refuse_header, sign_in_policies
from moderation_site.unfold import unfold_settings
from moderation_site.version import VERSION

BASE_DIR, VAR_DIR = base_folder(), data_folder()
read_dotenv(BASE_DIR / ".env")

# --- Safety
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", file=VAR_DIR / "secret_key" if DEBUG else None)
#: Earlier keys: what they signed stays valid.
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
CONTENT_ENCRYPTION_KEYS = env_content_keys("CONTENT_ENCRYPTION_KEYS")  # the first encrypts
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", LOCAL_HOSTS if DEBUG else ())
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS")
#: Origins whose pages may call the API, with a key, or connect to Socket.IO; `*`: API only.
CORS_ORIGINS = env_origins("CORS_ORIGINS", any_word="*")
CORS_ALLOW_ALL_ORIGINS = CORS_ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if CORS_ALLOW_ALL_ORIGINS else CORS_ORIGINS
CORS_URLS_REGEX = r"^/(api|v1|v1alpha1|perspective|\$discovery|batch|contentsafety|comprehend)(/|$)"
CORS_ALLOW_HEADERS, CORS_EXPOSE_HEADERS = (*default_headers, *CLIENT_HEADERS), ANSWER_HEADERS
#: Slug of the project that answers calls without a key; empty means none does.
OPEN_PROJECT = env_text("OPEN_PROJECT")
OPEN_PROJECT_PUBLIC = env_bool("OPEN_PROJECT_PUBLIC", default=False)
#: Networks whose X-Forwarded-For and X-Forwarded-Proto headers are trusted.
TRUSTED_PROXIES = env_networks("TRUSTED_PROXIES")

if not DEBUG:
    refuse_unsafe_production(
        secret_key=SECRET_KEY,
        allowed_hosts=ALLOWED_HOSTS,
        open_project=OPEN_PROJECT,
        open_project_public=OPEN_PROJECT_PUBLIC,
    )

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = True
if not DEBUG:
    # With this prefix a browser takes the cookie only over HTTPS and from this very host.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# Pages only: programs in the private network may call the API without TLS, and a redirect would
# come after the key was sent.
SECURE_SSL_REDIRECT = not DEBUG
SECURE_REDIRECT_EXEMPT = [
    r"^(api|v1|v1alpha1|perspective|\$discovery|contentsafety|comprehend)(/|$)",
    r"^(livez|readyz|metrics)$",
]
SECURE_HSTS_SECONDS = 0 if DEBUG else env_int("HSTS_SECONDS", 31_536_000)
#: Whether browsers insist on HTTPS for all hosts below this name too.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_bool("HSTS_SUBDOMAINS", default=False)
# Other hosts below this name, and lists built into browsers, are the operator's to decide about.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_CONTENT_TYPE_NOSNIFF = True
# Appeal links have a token in their path, which other sites must not learn.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    # http.py drops the header unless it comes from a trusted proxy.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Application
#: Rises when verdicts of the engine or its word lists change; stored with every log.
ENGINE_VERSION = "19"
INSTALLED_APPS = [
    "unfold",  # before the admin, whose templates it replaces
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "rest_framework",
    "django_filters",
    "channels",
    "corsheaders",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "moderation",
    "reviews",
    "moderation_site",  # for its command
]
MIDDLEWARE = [
    "moderation.api.middleware.RequestIdMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "moderation.api.middleware.ProblemMiddleware",
    "moderation.integrations.compat.middleware.CompatErrorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "moderation.pages.headers.PageHeadersMiddleware",
    "moderation.pages.policy.PagePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "moderation.pages.sessions.SessionsMiddleware",
    "moderation.pages.single_sign_on.RemoteUserMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "moderation.pages.language.LanguageMiddleware",
    "moderation.pages.second_step.SecondStepMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "moderation.pages.not_found.NotFoundPageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ASSETS / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
            ],
            "builtins": ["django.templatetags.i18n", "moderation.templatetags.texts"],
        },
    }
]
ROOT_URLCONF = "moderation_site.urls"
ASGI_APPLICATION = "moderation_site.asgi.application"
WSGI_APPLICATION = "moderation_site.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# For an import's preview. server/bodies.py limits every body, handler.py other forms, and the
# parser the bodies of the API.
DATA_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024

# A new key is shown in a message: in the session, it is never stored in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

UNFOLD = unfold_settings()

# --- What a page may load and run
CONTENT_SECURITY_POLICY = {"DIRECTIVES": page_policies.STRICT_POLICY}
PAGE_POLICIES = {**page_policies.PAGE_POLICIES, **sign_in_policies(env_url("OIDC_ISSUER"))}

# --- Data
DATABASES = {
    "default": database_settings(
        env_database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'gavel.sqlite3'}"), BASE_DIR
    )
}
#: Dotted path of the function that makes a database's settings of its URL.
DATABASE_OF_URL = "moderation_site.databases.database_of_url"
REDIS_URL = env_redis("REDIS_URL")
CACHES = shared_memory.caches(REDIS_URL)
CHANNEL_LAYERS = shared_memory.channel_layers(REDIS_URL)

#: A file, and a URL, to which the relay copies the signatures of the audit log; empty for none.
AUDIT_ANCHOR_FILE = env_text("AUDIT_ANCHOR_FILE")
AUDIT_ANCHOR_URL = env_url("AUDIT_ANCHOR_URL")

# --- People
SESSION_ENGINE = "moderation.accounts.sessions"
#: A session ends when it was not used for so long, and after so long in any case.
SESSION_IDLE = timedelta(hours=env_int("SESSION_IDLE_HOURS", 12, minimum=1))
SESSION_LONGEST = timedelta(days=env_int("SESSION_DAYS", 14, minimum=1))
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
# Second steps of signing in: an app's codes, passkeys and security keys, recovery codes.
ACCOUNT_ADAPTER = "moderation.accounts.sign_in_steps.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
#: Whether pages, API and sockets are only for people who set one up.
REQUIRE_SECOND_STEP = env_bool("REQUIRE_SECOND_STEP", default=False)
# Before an account is connected to a provider; the second steps ask in any case.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "moderation.accounts.sign_in_steps.StepsAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Gavel"
#: Half a minute more or less, for clocks of phones.
MFA_TOTP_TOLERANCE = 1
# Browsers allow passkeys on http://localhost.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
#: An OpenID Connect provider, where people can sign in; without an issuer there is none.
OIDC_NAME = env_text("OIDC_NAME", "single sign-on")
SOCIALACCOUNT_PROVIDERS = oidc_providers(
    issuer=env_url("OIDC_ISSUER"),
    client_id=env_text("OIDC_CLIENT_ID"),
    client_secret=env_text("OIDC_CLIENT_SECRET"),
    name=OIDC_NAME,
    is_debug=DEBUG,
)
SOCIALACCOUNT_ADAPTER = "moderation.accounts.single_sign_on.SsoAdapter"
#: The header in which a trusted proxy names the person who signed in there; empty: none does.
REMOTE_USER_HEADER = env_text("REMOTE_USER_HEADER")
refuse_header(REMOTE_USER_HEADER, TRUSTED_PROXIES)
#: Whether who signs in elsewhere for the first time gets an account, which is a member of nothing.
SSO_CREATE_ACCOUNTS = env_bool("SSO_CREATE_ACCOUNTS", default=True)
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "moderation.accounts.password_rules.VariedPassword"},
    {"NAME": "moderation.accounts.password_rules.UnrelatedPassword"},
]

# --- Mail
MAIL = env_mail("EMAIL_URL")
HAS_MAIL = bool(MAIL)
EMAIL_BACKEND = MAIL.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST, EMAIL_PORT = MAIL.get("EMAIL_HOST", ""), MAIL.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = MAIL.get("EMAIL_USE_TLS", False), MAIL.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = MAIL.get("EMAIL_FILE_PATH", "")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env_text("EMAIL_FROM", "Gavel <gavel@localhost>")

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "moderation.api.authentication.KeyAuthentication",
        "moderation.api.authentication.MemberSessionAuthentication",
        "moderation.api.authentication.OpenProjectAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["moderation.api.permissions.MayCall"],
    "DEFAULT_THROTTLE_CLASSES": ["moderation.api.throttles.CallerThrottle"],
    "DEFAULT_PARSER_CLASSES": ["moderation.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "moderation.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    # `format` is a field of the API; there is only one renderer.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "moderation.api.errors.problem_response",
    # OPTIONS is answered with 405: the schema describes more, without serializers.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "moderation.api.schema.NativeSchema",
}
SPECTACULAR_SETTINGS = spectacular_settings(VERSION)
#: For calls without a key, by address.
RATE_LIMIT_REQUESTS_PER_MINUTE = env_int("RATE_LIMIT_REQUESTS_PER_MINUTE", 60, minimum=1)
RATE_LIMIT_REQUESTS_PER_HOUR = env_int("RATE_LIMIT_REQUESTS_PER_HOUR", 1000, minimum=1)

# --- Accepted messages
#: URL of Celery's broker; if empty, the relay moderates accepted messages.
CELERY_BROKER_URL = env_text("CELERY_BROKER_URL")
#: Dotted path of the function that hands a task to Celery.
TASK_SENDER = "moderation_site.celery.send" if CELERY_BROKER_URL else ""
#: Slug of the project for messages from a queue; if empty, they name it, or there is only one.
QUEUE_PROJECT = env_text("QUEUE_PROJECT")
#: Who may create projects on the console and over the API.
PROJECT_CREATION = env_choice(
    "PROJECT_CREATION", "first", ("first", "staff", "everybody", "nobody")
)

# --- The model
#: The statistical model that scores beside the rules.
DETOXIFY = ("detoxify:original", "detoxify:unbiased", "detoxify:multilingual")
TOXICITY_MODEL = env_model("TOXICITY_MODEL", "bundled", ("bundled", *DETOXIFY, "off"))
#: For files outside the hub's cache: a checkpoint or an export of `export_detoxify`, and a folder
#: with configuration and tokenizer.
DETOXIFY_CHECKPOINT = env_text("DETOXIFY_CHECKPOINT")
DETOXIFY_CONFIG_DIR = env_text("DETOXIFY_CONFIG_DIR")

# --- An AI provider, for `ai_prompt` rules
#: Base URL of an OpenAI-compatible server, such as https://api.openai.com/v1; empty: none.
AI_BASE_URL = env_url("AI_BASE_URL")
AI_API_KEY = env_text("AI_API_KEY")
AI_MODEL = env_text("AI_MODEL", "gpt-4o-mini")
AI_TIMEOUT_MS = env_int("AI_TIMEOUT_MS", 3_000, minimum=1)
#: For all projects and processes together.
AI_CALLS_PER_MINUTE = env_int("AI_CALLS_PER_MINUTE", 60, minimum=1)
#: `host:port` of servers in the private network that the server itself may call.
OUTGOING_ALLOW = env_list("OUTGOING_ALLOW")

# --- Recording beside Perspective while it lives
#: For example https://commentanalyzer.googleapis.com/v1alpha1, with a key that is valid there.
PERSPECTIVE_PROXY_URL = env_url("PERSPECTIVE_PROXY_URL")
PERSPECTIVE_PROXY_KEY = env_text("PERSPECTIVE_PROXY_KEY")
#: Slugs of the projects whose comments may go there.
PERSPECTIVE_PROXY_PROJECTS = env_list("PERSPECTIVE_PROXY_PROJECTS")
#: Where their records are, one file a project.
PERSPECTIVE_PROXY_FOLDER = env_text("PERSPECTIVE_PROXY_FOLDER", str(VAR_DIR / "perspective"))

# --- Live events
#: For keys and guests.
WS_MAX_CONNECTIONS_PER_IP = env_int("WS_MAX_CONNECTIONS_PER_IP", 10, minimum=1)
WS_EVENTS_PER_MINUTE = env_int("WS_EVENTS_PER_MINUTE", 100, minimum=1)
WS_ROOMS_PER_CONNECTION = env_int("WS_ROOMS_PER_CONNECTION", 50, minimum=1)
#: URL of RabbitMQ: external events go to its exchange, `consume_queue` reads its queue.
AMQP_URL = env_amqp("AMQP_URL", "RABBITMQ_URL")
#: Dotted paths of the sinks to which the relay hands events.
EVENT_SINKS = [
    "moderation.delivery.sockets.sink.HubSink",
    "moderation.delivery.webhooks.sink.WebhookSink",
    *(["moderation.delivery.amqp.sink.AmqpSink"] if AMQP_URL else []),
]
#: Modules with `run_until` and `run_once`, which run beside each relay in their own threads.
RELAY_COMPANIONS = ["moderation.delivery.webhooks.dispatch", "moderation.accounts.key_usage"]
#: Whether webhooks may call addresses in private networks.
WEBHOOK_ALLOW_PRIVATE = env_bool("WEBHOOK_ALLOW_PRIVATE", default=False)
#: Dotted paths of the module through which the pipeline opens reviews, and of further housekeeping.
REVIEW_PORT = "reviews.queue.review_port"
HOUSEKEEPING = ["reviews.reporting.summing.sum_hours", "reviews.queue.claims.end_from_ahead"]
#: Whether the server runs the relay itself; one process leads, however many run.
RELAY_IN_PROCESS = True

# --- Discord
DISCORD_TOKEN = env_text("DISCORD_TOKEN")
#: Name or id of the channel where the bot asks people to review.
DISCORD_REVIEW_CHANNEL = env_text("DISCORD_REVIEW_CHANNEL", "mod-review")

# --- Metrics
#: Whether processes count what they do, and answer /metrics to programs on this machine.
ENABLE_METRICS = env_bool("ENABLE_METRICS", default=False)
#: Host and port of another address that answers /metrics.
METRICS_ADDRESS = env_address("METRICS_PORT", 9090) if ENABLE_METRICS else None
if ENABLE_METRICS:
    # prometheus_client reads it when it is imported: all processes count into one folder.
    private_folder(Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", f"{VAR_DIR}/metrics")))

# --- Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [path for path in [ASSETS / "static"] if path.is_dir()]
# Files are served from their folders, so the start needs no other step first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

# --- Language, time, logs
LANGUAGE_CODE = "en"
#: Of pages and mails; the API and the admin speak English.
LANGUAGES = [("en", "English"), ("es", "Español"), ("ur", "اردو")]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "gavel-language" if DEBUG else "__Host-gavel-language"
LANGUAGE_COOKIE_AGE = 365 * 86_400
LANGUAGE_COOKIE_SECURE, LANGUAGE_COOKIE_HTTPONLY = not DEBUG, True
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "moderation_site.formats"
# Of English pages, which are made without a language (pages/language.py).
DATE_FORMAT, TIME_FORMAT, DATETIME_FORMAT = formats.FORMATS
#: Dotted path of the context variable with the current request's id.
REQUEST_ID_VAR = "moderation.lib.request_id.request_id"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = logging_settings(
    level=env_choice("LOG_LEVEL", "INFO", LOG_LEVELS),
    style=env_choice("LOG_FORMAT", "console" if DEBUG else "json", ("console", "json")),
)
