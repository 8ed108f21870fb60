"""All settings, read from the environment once. Names and defaults are listed in docs/operations.md."""

import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("LEADCRM_VAR_DIR", BASE_DIR / "var"))

env = environ.Env()
TESTING = "pytest" in sys.modules


def _kept_secret_key() -> str:
    """Return the secret key of an embedded installation, made once and kept beside its database."""
    path = VAR_DIR / "secret_key"
    if not path.exists():
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        try:
            # O_EXCL: of two processes that start together, one makes the key and both read it.
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(50))
        except FileExistsError:
            pass
    return path.read_text()


# --- Database -------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if not DATABASE_URL:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'leadcrm.sqlite3'}")}
_database = DATABASES["default"]
IS_SQLITE = _database["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # Durable to the disk, but for tests, whose data nobody misses.
    _sync = "OFF" if TESTING else "FULL"
    # WAL lets readers go on while one writes; IMMEDIATE queues writers instead of failing them half way.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={_sync}; PRAGMA cache_size=-65536;",
    }
# Behind a pooler that gives each transaction another session (PgBouncer's transaction mode) there is nothing to keep.
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
# Tests of several threads need a real file: an in-memory database locks whole tables against them.
_test_file = Path(tempfile.gettempdir()) / f"leadcrm_test_{os.getpid()}.sqlite3"
_test_name = f"test_leadcrm{env.str('TEST_DB_SUFFIX', default='')}"
_database["TEST"] = {"NAME": str(_test_file) if IS_SQLITE else _test_name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Where it runs --------------------------------------------------------------------------------------

# A server's key must be the same on every machine and survive them; only the embedded database may make its own.
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if DATABASE_URL and not TESTING:
        raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL is set, got nothing.")
    SECRET_KEY = _kept_secret_key()
# Keys of before: sessions and secrets made with them still work, new ones are made with SECRET_KEY.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
IS_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[_public.hostname or "127.0.0.1", "localhost", "127.0.0.1", "[::1]"])
CSRF_FAILURE_VIEW = "leadcrm.errors.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL] if IS_HTTPS else []
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- Applications ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "leadcrm.apps.LeadcrmConfig",
    "scoring.apps.ScoringConfig",
    "leads.apps.LeadsConfig",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "rest_framework.authtoken",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "axes",
    "django_structlog",
]

MIDDLEWARE = [
    # Health checks are answered before anything asks for a host name, a session or https.
    "leadcrm.middleware.HealthMiddleware",
    # Capture addresses answer here and skip the rest: no session, no cookies, no redirect.
    "leadcrm.middleware.CaptureMiddleware",
    # Before anything asks whether a request came over https.
    "leadcrm.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "csp.middleware.CSPMiddleware",
    "leadcrm.middleware.RelaxedCspMiddleware",
    "leadcrm.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "leadcrm.middleware.TimeZoneMiddleware",
    "leadcrm.middleware.LargestIdMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "leadcrm.urls"
WSGI_APPLICATION = "leadcrm.wsgi.application"

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
                "csp.context_processors.nonce",
            ],
        },
    },
]

# Files of downloads, which signed links alone serve, and of imports, which none does. All processes share the folder.
MEDIA_ROOT = VAR_DIR / "media"
MOST_MEGABYTES_OF_A_DOWNLOAD = env.int("MOST_MEGABYTES_OF_A_DOWNLOAD", default=50)
DOWNLOAD_LINK_HOURS = env.int("DOWNLOAD_LINK_HOURS", default=24)

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
_static_storage = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if TESTING or DEBUG
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _static_storage},
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG

# A file of leads holds personal data; its rows are leads by then.
IMPORT_FILES_KEPT_DAYS = env.int("IMPORT_FILES_KEPT_DAYS", default=30)
# A file of leads or a download, whichever may be larger, and the form around it.
MOST_BYTES_OF_A_REQUEST = max(300_000_000, MOST_MEGABYTES_OF_A_DOWNLOAD * 1024 * 1024) + 1_000_000
# The mapping of a file of 2,000 columns is one form.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4_000

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
FORMAT_MODULE_PATH = "leadcrm.formats"
USE_TZ = True

# --- Accounts -------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "leads.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Locked by name and address together: a stranger's guesses lock neither the user elsewhere nor a shared office.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "leadcrm.client_ip.client_ip"

# --- Content-Security-Policy ----------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# The admin theme and the API documentation evaluate scripts and write inline styles; both are for staff.
CSP_RELAXED_PREFIXES = ("/admin/", "/api/docs/")
CSP_RELAXED = {
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
}

# --- Redis, cache, Celery -------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "leadcrm.cache.RedisCache",
            "LOCATION": REDIS_URL,
            # Seconds: a Redis that takes connections and never answers must not hold up a request for long.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_IGNORE_RESULT = True
# A task may run twice (every one is idempotent) but is never lost with the worker that held it.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A request that can't reach the broker goes on at once; the sweep finds the work it left.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- E-mail ---------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Seconds: a mail server that takes connections and never answers must not hold up a worker.
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"leadcrm@{_public.hostname or 'localhost'}")

# --- REST -----------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["leads.api.parsers.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    # The API has one version; what ?version= says would otherwise go into the name of the schema's file.
    "ALLOWED_VERSIONS": ["1"],
    "EXCEPTION_HANDLER": "leads.api.errors.answer_error",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "LeadCRM",
    "DESCRIPTION": "Leads, events, explanations and claims over REST.",
    "VERSION": "0.1.0",
    "SERVE_PUBLIC": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "LeadKind": "leads.models.LeadKind",
        "IdentifierKind": "leads.models.IdentifierKind",
        "Stage": "leads.models.Stage",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Watching it ----------------------------------------------------------------------------------------

# Lets Prometheus read /metrics as a bearer token; without it an admin's API token does.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Seconds that a due score may wait before /readyz fails; a published rule set makes every lead due at once.
SCORING_LAG_LIMIT = env.int("SCORING_LAG_LIMIT", default=3600)

# --- Sales hours: the clock that a waiting SQL is claimed by -----------------------------------------------

CLAIM_TARGET_MINUTES = env.int("CLAIM_TARGET_MINUTES", default=30)
SALES_TIME_ZONE = env.str("SALES_TIME_ZONE", default="UTC")
SALES_DAY_STARTS = env.int("SALES_DAY_STARTS", default=8)
SALES_DAY_ENDS = env.int("SALES_DAY_ENDS", default=18)

# --- Connectors: where the content of ad leads is fetched from, and how long deliveries are kept ---------------

META_GRAPH_URL = env.str("META_GRAPH_URL", default="https://graph.facebook.com/v24.0").rstrip("/")
LINKEDIN_API_URL = env.str("LINKEDIN_API_URL", default="https://api.linkedin.com/rest").rstrip("/")
LINKEDIN_API_VERSION = env.str("LINKEDIN_API_VERSION", default="202609")
# Who fetches for a provider: a class that is made with the connector's secrets and has one method, fetch(reference).
CONTENT_CLIENTS = {
    "meta": "leads.channels.connectors.fetch.GraphClient",
    "linkedin": "leads.channels.connectors.fetch.LinkedInClient",
}
DELIVERY_RETENTION_DAYS = env.int("DELIVERY_RETENTION_DAYS", default=90)

# --- Logs: one line of JSON an event, never a body, an address or a name -------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "leadcrm.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "leadcrm": {"level": LOG_LEVEL},
        "leads": {"level": LOG_LEVEL},
        "scoring": {"level": LOG_LEVEL},
        # It writes a line at every start, of no use to the reader.
        "axes": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
SILENCED_SYSTEM_CHECKS: list[str] = []

# --- Admin: the theme in the screens' own colours ----------------------------------------------------------


def _admin_link(title: str, model: str, icon: str) -> dict[str, Any]:
    return {"title": title, "icon": icon, "link": reverse_lazy(f"admin:{model}_changelist")}


UNFOLD = {
    "SITE_TITLE": "LeadCRM admin",
    "SITE_HEADER": "LeadCRM admin",
    "SITE_SYMBOL": "tune",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("favicon.svg")}],
    "SHOW_BACK_BUTTON": True,
    "STYLES": [lambda request: static("css/admin.css")],
    "BORDER_RADIUS": "6px",
    "COLORS": {
        "base": {
            "50": "#faf9f6", "100": "#f3f1ec", "200": "#e7e4dc", "300": "#d6d1c6", "400": "#a19d92", "500": "#6b675d",
            "600": "#55524a", "700": "#3f3c35", "800": "#2f2d28", "900": "#1d1c19", "950": "#161513",
        },
        "primary": {
            "50": "#e5f1ec", "100": "#cfe6dc", "200": "#a5d2c0", "300": "#7bd6ba", "400": "#5cc4a4", "500": "#3fae8e",
            "600": "#0f6650", "700": "#0c5744", "800": "#0b5342", "900": "#08392d", "950": "#04211a",
        },
    },
    "SIDEBAR": {
        "navigation": [
            {"title": "Scoring", "items": [_admin_link("Rule sets", "scoring_ruleset", "tune")]},
            {
                "title": "Leads",
                "items": [
                    _admin_link("Leads", "leads_lead", "group"),
                    _admin_link("Organizations", "leads_organization", "apartment"),
                    _admin_link("Possible duplicates", "leads_duplicatecandidate", "join"),
                    _admin_link("Stage changes", "leads_stagechange", "stairs"),
                ],
            },
            {
                "title": "Forms",
                "items": [
                    _admin_link("Forms", "leads_form", "dynamic_form"),
                    _admin_link("Submissions kept apart", "leads_formsubmission", "report"),
                    _admin_link("Consents", "leads_consent", "verified_user"),
                    _admin_link("Mails of forms", "leads_formmail", "mail"),
                ],
            },
            {
                "title": "Tracking",
                "items": [
                    _admin_link("Sources", "leads_source", "key"),
                    _admin_link("Connectors", "leads_connector", "power"),
                    _admin_link("Deliveries", "leads_delivery", "local_shipping"),
                    _admin_link("Events", "leads_event", "timeline"),
                    _admin_link("Rejected events", "leads_rejectedevent", "block"),
                ],
            },
            {
                "title": "Chat",
                "items": [
                    _admin_link("Dialogues", "leads_chatdialogue", "forum"),
                    _admin_link("Versions", "leads_chatversion", "history"),
                    _admin_link("Conversations", "leads_chatconversation", "chat"),
                ],
            },
            {
                "title": "Access",
                "items": [
                    _admin_link("Users", "leads_user", "person"),
                    _admin_link("API tokens", "authtoken_tokenproxy", "token"),
                    _admin_link("Wrong passwords", "axes_accessattempt", "lock"),
                    _admin_link("Audit entries", "leads_auditentry", "fact_check"),
                ],
            },
        ],
    },
}  # fmt: skip
