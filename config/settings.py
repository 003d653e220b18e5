"""One settings file; the environment is the split. Every variable is listed in docs/settings.md."""

import logging
from pathlib import Path

from csp.constants import NONE, SELF

from config import env
from config.broker import socket_path
from config.enumerations import ENUM_NAMES
from config.keys import retired, secret
from config.languages import LANGUAGES as LANGUAGES
from config.logs import LEVELS, logging_at
from config.production import host_of, refuse_unless_safe

BASE_DIR = Path(__file__).resolve().parent.parent
RONDA_HOME = env.folder("RONDA_HOME", default=BASE_DIR / "var")
DEBUG = env.flag("DEBUG", default=False)
RONDA_DEMO = env.flag("RONDA_DEMO", default=False)
RONDA_NEW = env.flag("RONDA_NEW", default=RONDA_DEMO or DEBUG)
PORT = env.number("PORT", default=8000, least=1)
BIND_ADDRESS = env.text("BIND_ADDRESS", default="127.0.0.1")

SECRET_KEY = env.text("SECRET_KEY", default=secret("secret_key", home=RONDA_HOME, create=RONDA_NEW))
SEAL_KEY = secret("seal_key", home=RONDA_HOME, create=RONDA_NEW)
SEAL_KEYS_RETIRED = retired("seal_key", home=RONDA_HOME)
TAG_KEY = secret("tag_key", home=RONDA_HOME, create=RONDA_NEW)

SITE_URL = env.text("SITE_URL", default=f"http://localhost:{PORT}")
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", default=f"{host_of(SITE_URL)},localhost,127.0.0.1,[::1]")
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", default=0)
EMAIL_URL = env.text("EMAIL_URL", default="")
refuse_unless_safe(
    url=SITE_URL,
    bind=BIND_ADDRESS,
    proxies=TRUSTED_PROXIES,
    secret=SECRET_KEY,
    email=EMAIL_URL,
    is_debug=DEBUG,
    is_demo=RONDA_DEMO,
)
LOG_LEVEL = env.one_of("LOG_LEVEL", LEVELS, default="WARNING" if RONDA_DEMO else "INFO")
LOGGING = logging_at(LOG_LEVEL)

# -- the house -------------------------------------------------------------------------

INSTALLED_APPS = [
    "config",
    "insights",
    "phone",
    "incidents",
    "programs",
    "patrols",
    "places",
    "accounts",
    "notifications",
    "audit",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.headless",
    "django_htmx",
    "template_partials",
    "js_lib_leaflet",
    "django_structlog",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "config.static.OurStatic",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.requests.RouteLog",
    "config.policy.OnePolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "config.errors.InputMiddleware",  # below the language: it answers people
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.DeviceLockMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "config.errors.RefusalMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
APPEND_SLASH = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["config.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.context.house",
            ],
        },
    }
]
SILENCED_SYSTEM_CHECKS: list[str] = []

# -- data ------------------------------------------------------------------------------

# Off behind a pooler that hands out another connection for each transaction.
DATABASE_PREPARES = env.flag("DATABASE_PREPARES", default=True)
DATABASES = {
    "default": env.database("DATABASE_URL", default=RONDA_HOME / "ronda.sqlite3", prepares=DATABASE_PREPARES)
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MEDIA_ROOT = RONDA_HOME / "media"

EMBEDDED_BROKER = not env.text("REDIS_URL", default="")
REDIS_URL = env.text("REDIS_URL", default=f"unix://{socket_path(RONDA_HOME, 'broker')}?db=0")
# Rate-limit keys must not reach a disk, so they live in a server that keeps nothing.
LIMITS_URL = env.text(
    "LIMITS_URL",
    default=f"unix://{socket_path(RONDA_HOME, 'limits')}?db=0" if EMBEDDED_BROKER else REDIS_URL,
)
CACHES = {
    "default": {
        "BACKEND": "accounts.cache.ForgetfulCache",
        "LOCATION": LIMITS_URL,
        "KEY_PREFIX": "ronda",
        "KEY_FUNCTION": "accounts.cache.blind_key",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

# -- jobs ------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A killed worker's task comes back in about 14 s instead of minutes. The price: a task that
    # takes longer than the visibility timeout is handed out once more while it runs, so each is
    # short and safe to run twice. The mutex is what a worker killed while restoring leaves behind.
    "visibility_timeout": 12,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 5,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ALWAYS_EAGER = env.flag("CELERY_EAGER", default=False)
CELERY_TASK_EAGER_PROPAGATES = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_TIMEZONE = "America/Lima"
DJANGO_STRUCTLOG_CELERY_ENABLED = True

# -- people ----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_HTTPONLY = True
PIN_AGAIN_AFTER = env.number("PIN_AGAIN_AFTER", default=15 * 60, least=60)
AUTHENTICATION_BACKENDS = ["accounts.backends.MemberBackend"]
PASSWORD_HASHERS = ["accounts.hashers.ModestArgon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = True
# Networks are counted by our own limits (accounts/limits.py), which keep no address. Of allauth's
# only the one per account stays: failed passwords and one-time codes.
ACCOUNT_RATE_LIMITS = dict.fromkeys(
    ("change_password", "change_phone", "manage_email", "reset_password", "reauthenticate",
     "reset_password_from_key", "signup", "login", "request_login_code", "confirm_email", "verify_phone")
) | {"login_failed": "10/5m/key"}  # fmt: skip
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondStepForm",
    "activate_totp": "accounts.forms.ActivateForm",
}
MFA_TOTP_ISSUER = "Ronda"
MFA_ADAPTER = "accounts.adapters.SealedSecondStep"
MFA_RECOVERY_CODES_SHOW_ONCE = True
HEADLESS_ENABLED = True
HEADLESS_CLIENTS = ["app"]
HEADLESS_TOKEN_STRATEGY = "accounts.backends.OneLookup"  # noqa: S105  # a class
SECOND_FACTOR_REQUIRED = not RONDA_DEMO

# -- words, time and numbers -----------------------------------------------------------

LANGUAGE_CODE = "es"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "America/Lima"
USE_TZ = True

# -- doors -----------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.SessionTokenAuthentication",
        "accounts.authentication.BrowserSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rules.parsing.PlainJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.problem",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ronda",
    "DESCRIPTION": "Patrols, incident reports and youth programs of a neighborhood.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": r"/api/v1(/\{organization\})?",  # what stands after it names an operation's group
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": True,  # without it the schema denies that a state may be null
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}
globals().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default="Ronda <ronda@localhost>")
MAP_TILE_URL = env.text("MAP_TILE_URL", default="")
MAP_TILE_ATTRIBUTION = env.text("MAP_TILE_ATTRIBUTION", default="© OpenStreetMap")

# -- files and headers -----------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = RONDA_HOME / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.storage.HashedStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["png", "jpg", "webp", "zip", "gz", "br", "woff2", "map"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
HTTPS = SITE_URL.startswith("https://")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []
CSRF_FAILURE_VIEW = "config.errors.page_too_old"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
