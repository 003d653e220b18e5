"""The floors' server: the same database, no middleware, no sign-in, none of our apps."""

from bench.settings import *  # noqa: F403

INSTALLED_APPS = ["bench", "rest_framework", "django.contrib.auth", "django.contrib.contenttypes"]
AUTH_USER_MODEL = "auth.User"
MIDDLEWARE = []
ROOT_URLCONF = "bench.floors"
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}
