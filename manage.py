#!/usr/bin/env python
"""Ronda's operator door: `python manage.py help` lists what it can do."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as problem:
        sys.exit(f"Ronda cannot start like this:\n{problem}")
    except KeyboardInterrupt:
        sys.exit("\nStopped before it was ready; start again whenever you like.")
