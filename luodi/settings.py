"""Every setting of a deployment: fewer than twenty environment variables; everything else is the city folder."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("LUODI_DATA", BASE_DIR / "var")).resolve()
CITY_DIR = Path(os.environ.get("LUODI_CITY", BASE_DIR / "cities" / "panjin")).resolve()
DEMO_MODE = os.environ.get("LUODI_DEMO") == "1"
DEBUG = os.environ.get("LUODI_DEBUG") == "1"
# An intranet server is reached by many names; Host is not used to build links, so the default is open.
ALLOWED_HOSTS = os.environ.get("LUODI_HOSTS", "*").split(",")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("LUODI_ORIGINS", "").split(",") if origin]
HTTPS = os.environ.get("LUODI_HTTPS") == "1"


def _secret_key() -> str:
    """The key of this installation, made once and readable by its owner only."""
    if key := os.environ.get("LUODI_SECRET_KEY"):
        return key
    path = DATA_DIR / "secret.key"
    if not path.exists():
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(get_random_secret_key())
        except FileExistsError:
            pass  # another process of this installation was first
    return path.read_text()


def _database(url: str) -> dict[str, Any]:
    """`sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        pragmas = (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-64000; PRAGMA temp_store=MEMORY;"
        )
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": unquote(parts.path[1:]),
            "CONN_MAX_AGE": None,
            # WAL alone still loses read-then-write transactions; IMMEDIATE takes the write lock first.
            "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": pragmas},
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path[1:],
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": None,
        }
    raise ValueError(f"DATABASE_URL: unknown scheme {parts.scheme!r}; use sqlite:///… or postgresql://…")


SECRET_KEY = _secret_key()
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", f"sqlite:///{DATA_DIR / 'luodi.sqlite3'}"))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "luodi.core",
    "luodi.accounts",
    "luodi.audit",
    "luodi.jobs",
    "luodi.intake",
    "luodi.organizations",
    "luodi.projects",
    "luodi.evidence",
    "luodi.checks",
    "luodi.formation",
    "luodi.screening",
    "luodi.reserve",
    "luodi.contribution",
    "luodi.outcomes",
    "luodi.snapshots",
    "luodi.chains",
    "luodi.integrity",
    "luodi.factors",
    "luodi.dashboards",
]
MIDDLEWARE = [
    "luodi.core.tracing.TracingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "luodi.accounts.middleware.SessionLimitsMiddleware",
    "luodi.accounts.middleware.RoutePermissionMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "luodi.urls"
WSGI_APPLICATION = "luodi.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "luodi" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "luodi.dashboards.context.page",
            ],
        },
    }
]

# Chinese is the source language: every message id is Chinese, English is the complete translation.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "luodi" / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [path for path in [("vendor", BASE_DIR / "build" / "vendor"), BASE_DIR / "luodi" / "static"]]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY, SESSION_COOKIE_SAMESITE = True, "Lax"
# Idle and longest time, lock-out and the password profile are the city's: its access.toml.
AUTH_PASSWORD_VALIDATORS = [{"NAME": "luodi.accounts.passwords.ProfileValidator"}]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
# By name alone: behind a proxy a whole office has one address, and locking that would lock all of them out.
AXES_LOCKOUT_PARAMETERS, SILENCED_SYSTEM_CHECKS = ["username"], ["axes.W006"]
AXES_FAILURE_LIMIT = "luodi.accounts.lockout.failure_limit"
AXES_COOLOFF_TIME = "luodi.accounts.lockout.cool_off"
AXES_LOCKOUT_CALLABLE = "luodi.accounts.lockout.page"
AXES_CLIENT_IP_CALLABLE = "luodi.accounts.lockout.address"
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True  # the audit log says who came
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = AXES_VERBOSE = AXES_ENABLE_ADMIN = False

ACCOUNT_ADAPTER = "luodi.accounts.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "luodi.accounts.adapters.SignOnAdapter"
MFA_ADAPTER = "luodi.accounts.factors.FactorAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False  # wrong passwords and codes are counted by axes, for all workers together
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
# A code holds one step of 30 s longer or sooner (RFC 6238, 5.2): phones and servers without internet keep their own time.
MFA_TOTP_TOLERANCE = 1
# A code that was used is remembered here, so every worker process must see it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}}

# Single sign-on: nothing is called, and no button shown, while the address is blank.
OIDC_URL = os.environ.get("LUODI_OIDC_URL", "")
OIDC_NAME = os.environ.get("LUODI_OIDC_NAME", "统一身份认证") if OIDC_URL else ""
OIDC_CLAIM = os.environ.get("LUODI_OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "city",
                "name": OIDC_NAME,
                "client_id": os.environ.get("LUODI_OIDC_CLIENT", "luodi"),
                "secret": os.environ.get("LUODI_OIDC_SECRET", ""),
                "settings": {"server_url": OIDC_URL, "oauth_pkce_enabled": True},
            }
        ]
        if OIDC_URL
        else []
    }
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # Chromium holds the redirect of a form to this as well: the way to the sign-on service begins with one.
        "form-action": [SELF, *([f"{urlsplit(OIDC_URL).scheme}://{urlsplit(OIDC_URL).netloc}"] if OIDC_URL else [])],
        "frame-ancestors": [NONE],
    }
}

# The audit log's second file and its key; another disk than the database's is best. SM3 only for a new installation.
AUDIT_DIR = os.environ.get("LUODI_AUDIT_DIR", "")
AUDIT_HASH = os.environ.get("LUODI_AUDIT_HASH", "sha256")

# Uploads go to disk while they arrive; intake has its own, lower bound with a readable message.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LUODI_LOG", "WARNING")},
}
