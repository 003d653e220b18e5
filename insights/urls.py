"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern | URLResolver] = []
