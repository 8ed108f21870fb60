"""All settings; this is the only module that reads the environment.

docs/operations.md lists the names and defaults. Configuration that never varies stands with its topic: celery.py,
content_security.py, logs.py, api_schema.py and admin_theme.py.
"""

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from leadcrm.admin_theme import ADMIN_THEME
from leadcrm.api_schema import API_SCHEMA
from leadcrm.content_security import POLICY
from leadcrm.logs import logging_config
from leadcrm.secret_key import kept_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("LEADCRM_VAR_DIR", BASE_DIR / "var"))

env = environ.Env()
TESTING = "pytest" in sys.modules

# --- Database -------------------------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", default="")
if not DATABASE_URL:
    VAR_DIR.mkdir(parents=True, exist_ok=True)
DATABASES = {"default": env.db_url_config(DATABASE_URL or f"sqlite:///{VAR_DIR / 'leadcrm.sqlite3'}")}
_database = DATABASES["default"]
IS_SQLITE = _database["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # FULL: a commit survives a power failure. Tests do not need that.
    _sync = "OFF" if TESTING else "FULL"
    # WAL lets readers continue during a write; IMMEDIATE queues writers instead of failing them halfway.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={_sync}; PRAGMA cache_size=-65536;",
    }
# Turn off behind a pooler that changes sessions between transactions (PgBouncer's transaction mode).
PREPARED_STATEMENTS = env.bool("PREPARED_STATEMENTS", default=True)
_database["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=600)
# Tests of several threads need a real file: an in-memory database locks whole tables against them.
_test_file = Path(tempfile.gettempdir()) / f"leadcrm_test_{os.getpid()}.sqlite3"
_test_name = f"test_leadcrm{env.str('TEST_DB_SUFFIX', default='')}"
_database["TEST"] = {"NAME": str(_test_file) if IS_SQLITE else _test_name}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Where it runs --------------------------------------------------------------------------------------

# All machines of a server installation must share one key; only an embedded installation creates its own.
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    if DATABASE_URL and not TESTING:
        raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL is set, got nothing.")
    SECRET_KEY = kept_secret_key(VAR_DIR / "secret_key")
# Former keys: sessions and secrets made with them stay valid; new ones are made with SECRET_KEY.
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
CONTENT_SECURITY_POLICY = POLICY

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

# Uploaded files: downloads, served through signed links only, and imports, never served. Shared by all processes.
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

# Import files hold personal data and are not needed once their rows have become leads.
IMPORT_FILES_KEPT_DAYS = env.int("IMPORT_FILES_KEPT_DAYS", default=30)
# The larger of an import file and a download, plus the multipart form around it.
MOST_BYTES_OF_A_REQUEST = max(300_000_000, MOST_MEGABYTES_OF_A_DOWNLOAD * 1024 * 1024) + 1_000_000
# The column mapping of an import with 2,000 columns is submitted as one form.
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
# Locked by name and address together, so that guesses from elsewhere lock out neither the user nor a shared office.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "leadcrm.client_ip.client_ip"

# --- Admin ----------------------------------------------------------------------------------------------

UNFOLD = ADMIN_THEME

# --- Redis, cache, Celery -------------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "leadcrm.cache.RedisCache",
            "LOCATION": REDIS_URL,
            # Seconds. A Redis that accepts connections but never answers must not block a request for long.
            "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}
CELERY_BROKER_URL = REDIS_URL or "memory://"

# --- E-mail ---------------------------------------------------------------------------------------------

EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    vars().update(env.email_url_config(EMAIL_URL))
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = VAR_DIR / "mail"
# Seconds. A mail server that accepts connections but never answers must not block a worker.
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
    # The API has one version. Without this, ?version= would end up in the schema's file name.
    "ALLOWED_VERSIONS": ["1"],
    "EXCEPTION_HANDLER": "leads.api.errors.answer_error",
}
SPECTACULAR_SETTINGS = API_SCHEMA

# --- Watching it ----------------------------------------------------------------------------------------

# Lets Prometheus read /metrics as a bearer token; without it an admin's API token does.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
# Seconds a due score may wait before /readyz fails. Publishing a rule set makes every lead due at once.
SCORING_LAG_LIMIT = env.int("SCORING_LAG_LIMIT", default=3600)

# --- Sales hours, in which the claim clock runs --------------------------------------------

CLAIM_TARGET_MINUTES = env.int("CLAIM_TARGET_MINUTES", default=30)
SALES_TIME_ZONE = env.str("SALES_TIME_ZONE", default="UTC")
SALES_DAY_STARTS = env.int("SALES_DAY_STARTS", default=8)
SALES_DAY_ENDS = env.int("SALES_DAY_ENDS", default=18)

# --- Connectors: where the content of ad leads is fetched from, and how long deliveries are kept --------

META_GRAPH_URL = env.str("META_GRAPH_URL", default="https://graph.facebook.com/v24.0").rstrip("/")
LINKEDIN_API_URL = env.str("LINKEDIN_API_URL", default="https://api.linkedin.com/rest").rstrip("/")
LINKEDIN_API_VERSION = env.str("LINKEDIN_API_VERSION", default="202609")
# The API client of each provider: a class created with the connector's secrets, with one method fetch(reference).
CONTENT_CLIENTS = {
    "meta": "leads.channels.connectors.fetch.GraphClient",
    "linkedin": "leads.channels.connectors.fetch.LinkedInClient",
}
DELIVERY_RETENTION_DAYS = env.int("DELIVERY_RETENTION_DAYS", default=90)

# --- Logs: one line of JSON an event, never a body, an address or a name --------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_config(LOG_LEVEL)
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
