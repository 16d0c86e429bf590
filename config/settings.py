"""Settings, by topic. What differs between installations is read from the environment: see `config.environment`."""

from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config import logs, parsing
from config.embedded.paths import ROOT
from config.environment import Environment

env = Environment()
EMBEDDED = env.embedded  # the servers of `make run` and `make test`
DATA_DIR = env.data_dir

DEBUG = env.bool("DEBUG", False)  # also `make run` shows the product, not Django's pages for developers
SECRET_KEY = env.text("SECRET_KEY")
LINE_SECRET_KEYS = parsing.fernet_keys(env.text("LINE_SECRET_KEYS"))
ALLOWED_HOSTS = [host.strip() for host in env.text("ALLOWED_HOSTS").split(",") if host.strip()]
PUBLIC_URL = parsing.public_url(env.text("PUBLIC_URL"))
# The simulated phone network's address, where one runs.
SIMULATOR_URL = env.text("SIMULATOR_URL")
HEALTH_DIRECTORY = env.text("HEALTH_DIRECTORY")  # where the processes of `make run` note that they are up
METRICS_TOKEN = env.text("METRICS_TOKEN")

# -- the house ---------------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "workspaces",
    "lines",
    "intent",
    "leads",
    "campaigns",
    "conversations",
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "template_partials",
    "heroicons",
    "django_structlog",
    "csp",
    "ninja",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "workspaces.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Hours of a day as defaults are meant: Django takes 09:00 for a forgotten "now" while the clock shows just that.
SILENCED_SYSTEM_CHECKS = ["fields.W161"]

MIDDLEWARE = [
    "config.health.at_the_door",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "workspaces.sessions.limits",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "workspaces.refusals.forms_are_utf8",
    "django_structlog.middlewares.RequestMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "workspaces.context.navigation",
            ],
            "builtins": [
                "django.contrib.humanize.templatetags.humanize",
                "template_partials.templatetags.partials",
                "workspaces.templatetags.icons",
                "workspaces.templatetags.pages",
                "workspaces.templatetags.texts",
                "workspaces.templatetags.times",
                "leads.templatetags.addresses",
                "conversations.templatetags.navigation",
                "conversations.templatetags.rows",
                "conversations.templatetags.threads",
            ],
        },
    },
]

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"  # rows are in UTC; pages show the workspace's zone

# -- PostgreSQL ----------------------------------------------------------------------------------------------------------------
# The web and the workers connect as a role that owns nothing; migrations run as the owner. manage.py chooses by command.
DATABASE_URL = env.text("DATABASE_URL")
MIGRATION_DATABASE_URL = env.text("MIGRATION_DATABASE_URL")
DATABASE_APP_ROLE = parsing.database(DATABASE_URL)["USER"]
_AS_OWNER = env.text("SWITCHBOARD_DATABASE_ROLE") == "owner"
_limits = {
    "statement_timeout": 0 if _AS_OWNER else 1000 * env.int("DATABASE_STATEMENT_SECONDS", 30),
    "idle_in_transaction_session_timeout": 60_000,  # an open snapshot elsewhere slows every claim of the outbox
}
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **parsing.database(MIGRATION_DATABASE_URL if _AS_OWNER else DATABASE_URL),
        "CONN_HEALTH_CHECKS": True,
    }
}
DATABASES["default"]["OPTIONS"] |= {"options": " ".join(f"-c {name}={value}" for name, value in _limits.items())}
if (_pool := env.int("DATABASE_POOL_SIZE", 0)) and not _AS_OWNER:
    # For web and workers, whose threads would otherwise connect again for each request or task (+3 ms each).
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": _pool, "timeout": 10}

# -- Redis ---------------------------------------------------------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "switchboard",
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 5},
    }
}
CELERY_BROKER_URL = parsing.broker(REDIS_URL)
# In the database, not in Redis: people who are signed in can go on reading while Redis is away. (Signing in counts attempts
# there, and waits.)
SESSION_ENGINE = "workspaces.sessions"

# -- signing in ------------------------------------------------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
WORKSPACE_FRONT = "start"  # where /w/<slug>/ leads: a rep lands on conversations
PASSWORD_RESET_TIMEOUT = 3600
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address is proved by the invitation that was sent to it
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "workspaces.signin.Adapter"
ACCOUNT_FORMS = {
    "login": "workspaces.forms.signin.SignInForm",
    "reauthenticate": "workspaces.forms.signin.ReauthenticateForm",
    "change_password": "workspaces.forms.signin.ChangePasswordForm",
    "set_password": "workspaces.forms.signin.SetPasswordForm",
    "reset_password": "workspaces.forms.signin.ForgottenPasswordForm",
    "reset_password_from_key": "workspaces.forms.signin.NewPasswordForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105 - a class
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    # Wrong passwords and wrong codes, by the address they come from and by the account they are for.
    "login_failed": "10/m/ip,60/h/ip,5/5m/key,20/h/key",
    "reset_password": "20/m/ip,5/h/key",
}
ACCOUNT_SESSION_REMEMBER = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ADAPTER = "workspaces.signin.MFAAdapter"
MFA_FORMS = {
    "authenticate": "workspaces.forms.signin.CodeForm",
    "reauthenticate": "workspaces.forms.signin.CodeAgainForm",
    "activate_totp": "workspaces.forms.signin.AuthenticatorAppForm",
}
MFA_TOTP_ISSUER = "Switchboard"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the invitation has proved the address
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = EMBEDDED
SESSION_COOKIE_AGE = 12 * 3600  # a session ends after this much idleness,
SESSION_ABSOLUTE_AGE = 30 * 24 * 3600  # and this long after signing in at the latest
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

# -- at the door -----------------------------------------------------------------------------------------------------------------
# TLS is expected wherever the public address is https; a console on a plain http address says so by that address.
_HTTPS = urlsplit(PUBLIC_URL).scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_NAME = "__Host-session" if _HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _HTTPS else "csrf"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", _HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^metrics$"]  # asked from inside, where there is no TLS
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", int(timedelta(days=365).total_seconds()) if _HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", _HTTPS)
SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", _HTTPS)
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if env.bool("BEHIND_TLS_PROXY", False):  # only when a proxy in front sets (and overwrites) this header
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0)  # how many proxies append to X-Forwarded-For
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 6_000  # 5,000 leads can be ticked at once, and each is a field
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # bytes of a form or a webhook body; files are streamed and counted apart

# Private networks that a line's server URL may lead to, comma-separated CIDR; customers type server URLs, the operator this.
GATEWAY_ALLOWED_NETWORKS = parsing.networks(env.text("GATEWAY_ALLOWED_NETWORKS"))

# -- files -----------------------------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = env.text("STATIC_ROOT") or str(ROOT / "staticfiles")
# Served from where they lie (`make run`, tests), or collected under names that hold their hash (production).
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = EMBEDDED or DEBUG or env.text("STATIC_FILES") == "finders"
_manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
_plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _plain if WHITENOISE_USE_FINDERS else _manifest},
}
MEDIA_ROOT = env.text("MEDIA_ROOT") or str(DATA_DIR / "media")  # served by views that check access, never by address

# -- mail ------------------------------------------------------------------------------------------------------------------------
for _name, _value in parsing.email(env.text("EMAIL_URL")).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.text("DEFAULT_FROM_EMAIL") or f"Switchboard <no-reply@{urlsplit(PUBLIC_URL).hostname}>"
if "@" not in parseaddr(DEFAULT_FROM_EMAIL)[1]:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL is no mail address: Switchboard <console@example.com>")

# -- sending (spec: reliability 2) -------------------------------------------------------------------------------------------------
# A claim older than this is given back unsent: a process that was stopped for longer must not send what somebody else may have
# looked up and sent since.
SEND_START_SECONDS = env.int("SEND_START_SECONDS", 10)
SEND_HORIZON_SECONDS = env.int("SEND_HORIZON_SECONDS", 190)  # after this a send that the gateway does not know did not happen
SEND_HORIZON_SIMULATED_SECONDS = 8  # the same for lines of the simulated phone network, which answers within seconds
SEND_UNKNOWN_GIVE_UP_HOURS = env.int("SEND_UNKNOWN_GIVE_UP_HOURS", 24)  # then the outcome is shown as unknown; never resent
SEND_EXPIRES_HOURS = env.int("SEND_EXPIRES_HOURS", 24)  # a message that waited longer than this past its due time is not sent
INBOX_CURRENT_SECONDS = env.int("INBOX_CURRENT_SECONDS", 300)  # how fresh our view of a line's inbox must be to send by itself
CATCH_UP_SECONDS = env.int("CATCH_UP_SECONDS", 60)  # how often each line is asked for what its webhooks may have lost

# -- logs ------------------------------------------------------------------------------------------------------------------------
LOG_FORMAT = env.text("LOG_FORMAT") or "json"
LOGGING = logs.logging(LOG_FORMAT, level=env.text("LOG_LEVEL") or "INFO")
logs.configure_structlog()
DJANGO_STRUCTLOG_CELERY_ENABLED = False  # a line for every nudge, several a second, would bury the others
