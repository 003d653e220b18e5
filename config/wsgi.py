"""The web process's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
doors = get_resolver().url_patterns  # loaded now: else whoever comes first waits for it
# What is loaded stays for good: the collector need not walk through it again and again.
gc.collect()
gc.freeze()
