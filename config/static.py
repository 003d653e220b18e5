"""Which static files of our packages are served: those that a page uses."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class OurStatic(StaticFilesConfig):
    """Leave out what no page loads: it would be hashed and compressed at every new start, and one
    of htmx's extensions cannot be (an import in its comments names a file that does not exist)."""

    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        "django_htmx/ext/*",
        "django_htmx/htm*-4*",
        "drf_spectacular_sidecar/redoc/*",
    ]
