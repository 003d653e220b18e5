"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path

from insights.views import figures, summary

public_patterns: list[URLPattern] = [
    path("figures/", figures.Figures.as_view(), name="figures"),
    path("figures.csv", figures.FiguresFile.as_view(), name="figures-file"),
]
desk_patterns: list[URLPattern] = [
    path("summary/", summary.Summary.as_view(), name="summary"),
    path("summary/<int:year>-W<int:week>/", summary.Summary.as_view(), name="summary-of"),
]
api_patterns: list[URLPattern | URLResolver] = []
