"""All settings: read from the environment and `.env`, checked before anything starts."""

from pathlib import Path

from moderation_site.checks import refuse_unsafe_production
from moderation_site.databases import database_settings
from moderation_site.env import (
    env_bool,
    env_choice,
    env_database,
    env_int,
    env_list,
    env_networks,
    env_origins,
    env_redis,
    env_secret,
    env_text,
    read_dotenv,
)
from moderation_site.logs import logging_settings
from moderation_site.unfold import unfold_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
read_dotenv(BASE_DIR / ".env")

# --- Safety
DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", kept_in=VAR_DIR / "secret_key" if DEBUG else None)
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", LOCAL_HOSTS if DEBUG else ())
CSRF_TRUSTED_ORIGINS = env_origins("CSRF_TRUSTED_ORIGINS")
#: Slug of the project that answers calls without a key; empty means none does.
OPEN_PROJECT = env_text("OPEN_PROJECT")
OPEN_PROJECT_PUBLIC = env_bool("OPEN_PROJECT_PUBLIC", default=False)
#: Networks whose X-Forwarded-For and X-Forwarded-Proto are believed.
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
SECURE_CONTENT_TYPE_NOSNIFF = True
# Appeal links carry a token in their path, which no other site may learn.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    # asgi.py drops the header where it does not come from a trusted proxy.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Application
VERSION = "0.1.0"
#: Rises when the engine or its word lists judge differently; stored with every log.
ENGINE_VERSION = "5"
INSTALLED_APPS = [
    "unfold",  # before the admin, whose templates it replaces
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "channels",
    "csp",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "moderation",
    "reviews",
]
MIDDLEWARE = [
    "moderation.api.middleware.RequestIdMiddleware",
    "moderation.api.middleware.ProblemMiddleware",
    "moderation.integrations.compat.middleware.DoorMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "moderation.pages.policy.PagePolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
ROOT_URLCONF = "moderation_site.urls"
ASGI_APPLICATION = "moderation_site.asgi.application"
WSGI_APPLICATION = "moderation_site.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The parser bounds API bodies (import 16 MiB); asgi.py bounds every body.
DATA_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024

# A new key is shown by a message: in the session it never lies in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

UNFOLD = unfold_settings()

# --- What a page may load and run
OWN = "'self'"
NOTHING = "'none'"
STRICT_POLICY = {
    "default-src": [NOTHING],
    "script-src": [OWN],
    "style-src": [OWN],
    "img-src": [OWN, "data:"],
    "font-src": [OWN],
    "connect-src": [OWN],
    "form-action": [OWN],
    "frame-ancestors": [NOTHING],
    "base-uri": [NOTHING],
}
CONTENT_SECURITY_POLICY = {"DIRECTIVES": STRICT_POLICY}
#: Other people's pages, by the beginning of their address: Unfold's Alpine evaluates attributes,
#: and its sheet of colours stands inline.
PAGE_POLICIES = {
    "/admin/": {
        **STRICT_POLICY,
        "script-src": [OWN, "'unsafe-eval'"],
        "style-src": [OWN, "'unsafe-inline'"],
    },
    # Swagger UI and Redoc style inline; Redoc searches in a worker that it makes itself.
    **{
        reference: {
            **STRICT_POLICY,
            "style-src": [OWN, "'unsafe-inline'"],
            "worker-src": [OWN, "blob:"],
        }
        for reference in ("/api/v1/docs", "/api/v1/redoc")
    },
}

# --- Data
DATABASES = {
    "default": database_settings(
        env_database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'gavel.sqlite3'}"), BASE_DIR
    )
}
REDIS_URL = env_redis("REDIS_URL")
IN_PROCESS_LAYER = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
REDIS_LAYER = {
    "BACKEND": "channels_redis.core.RedisChannelLayer",
    "CONFIG": {"hosts": [REDIS_URL], "capacity": 1000},
}
CHANNEL_LAYERS = {"default": REDIS_LAYER if REDIS_URL else IN_PROCESS_LAYER}

# --- People
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
]

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
    # `format` is a field of ours; there is one renderer to choose.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "moderation.api.errors.problem_response",
    # Without it OPTIONS is answered with 405: the schema describes more, and needs no serializer.
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "moderation.api.schema.NativeSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Gavel",
    "DESCRIPTION": "The moderation desk that communities run themselves.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "LICENSE": {"name": "MIT"},
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "PREPROCESSING_HOOKS": ["moderation.api.schema.only_native"],
    "POSTPROCESSING_HOOKS": [],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": [],
    "SERVE_AUTHENTICATION": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "/static/img/favicon.svg",
    "REDOC_DIST": "SIDECAR",
}
#: For calls without a key, per address.
RATE_LIMIT_REQUESTS_PER_MINUTE = env_int("RATE_LIMIT_REQUESTS_PER_MINUTE", 60, minimum=1)
RATE_LIMIT_REQUESTS_PER_HOUR = env_int("RATE_LIMIT_REQUESTS_PER_HOUR", 1000, minimum=1)

# --- Accepted messages
#: Where Celery's broker is; empty: the relay's process moderates what was accepted.
CELERY_BROKER_URL = env_text("CELERY_BROKER_URL")
#: Hands a task to Celery, as a dotted path: the service knows no queue.
TASK_SENDER = "moderation_site.celery.send" if CELERY_BROKER_URL else ""
#: Slug of the project whose the messages of a queue are; empty: they say it, or there is only one.
QUEUE_PROJECT = env_text("QUEUE_PROJECT")

# --- Judgement
#: The statistical model that judges beside the rules.
DETOXIFY = ("detoxify:original", "detoxify:unbiased", "detoxify:multilingual")
TOXICITY_MODEL = env_choice("TOXICITY_MODEL", "bundled", ("bundled", *DETOXIFY, "off"))
#: Where they are not in the hub's cache: a checkpoint or what `export_detoxify` wrote, and a folder
#: with configuration and tokenizer.
DETOXIFY_CHECKPOINT = env_text("DETOXIFY_CHECKPOINT")
DETOXIFY_CONFIG_DIR = env_text("DETOXIFY_CONFIG_DIR")

# --- Live events
#: For keys and guests.
WS_MAX_CONNECTIONS_PER_IP = env_int("WS_MAX_CONNECTIONS_PER_IP", 10, minimum=1)
WS_EVENTS_PER_MINUTE = env_int("WS_EVENTS_PER_MINUTE", 100, minimum=1)
WS_ROOMS_PER_CONNECTION = env_int("WS_ROOMS_PER_CONNECTION", 50, minimum=1)
#: Where the relay hands events, as dotted paths: the pipeline knows no transport.
EVENT_SINKS = [
    "moderation.realtime.sink.HubSink",
    "moderation.webhooks.sink.WebhookSink",
]
#: What runs beside each relay in a thread of its own: modules with `run_until` and `run_once`.
RELAY_COMPANIONS = ["moderation.webhooks.dispatch", "moderation.key_use"]
#: Whether calls to others may go to addresses of private networks.
WEBHOOK_ALLOW_PRIVATE = env_bool("WEBHOOK_ALLOW_PRIVATE", default=False)
#: How the pipeline opens a review without knowing the app that keeps them.
REVIEW_DOOR = "reviews.door"
#: Whether the server runs the relay itself; one leads, whoever else runs beside it.
RELAY_IN_PROCESS = True

# --- Static files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [path for path in [BASE_DIR / "static"] if path.is_dir()]
# In development the files are served from where they lie, without collectstatic.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
PLAIN_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
HASHED_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": PLAIN_STORAGE if DEBUG else HASHED_STORAGE},
}

# --- Language, time, logs
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = "moderation_site.formats"
#: The context variable that holds the current request's id, as a dotted path.
REQUEST_ID_VAR = "moderation.api.middleware.request_id"
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = logging_settings(
    level=env_choice("LOG_LEVEL", "INFO", LOG_LEVELS),
    style=env_choice("LOG_FORMAT", "console" if DEBUG else "json", ("console", "json")),
)
