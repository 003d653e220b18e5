"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern] = []
