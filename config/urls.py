"""The map of the site. Each app says what hangs below its doors; this page says where."""

from django.conf import settings
from django.urls import include, path, register_converter

from accounts import urls as accounts
from config import views
from config.addresses import Routes, below
from config.demo.views import Demo
from config.inbox import urls as notifications
from incidents import urls as incidents
from insights import urls as insights
from patrols import urls as patrols
from phone import urls as phone
from places import urls as places
from programs import urls as programs


class OrganizationCode:
    """The 8 opaque characters that stand for an organization in addresses."""

    regex = "[0-9A-Z]{8}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(OrganizationCode, "code")

APPS = {
    "accounts": accounts,
    "notifications": notifications,
    "places": places,
    "patrols": patrols,
    "programs": programs,
    "incidents": incidents,
    "phone": phone,
    "insights": insights,
}

DESKS = {name: app.desk_patterns for name, app in APPS.items()}
APIS = {f"{name}-api": app.api_patterns for name, app in APPS.items()}

# The two doors of an organization first: nearly everything that is asked lies behind them.
urlpatterns: Routes = [
    path("o/<code:organization>/", include(below(DESKS))),
    path("api/v1/<code:organization>/", include(below(APIS))),
    path("", views.Landing.as_view(), name="landing"),
    path("home/", views.Home.as_view(), name="home"),
    path("o/<code:organization>/", views.Organization.as_view(), name="organization"),
    path("demo/", Demo.as_view(), name="demo"),
    path("look/", views.Look.as_view(), name="look"),
    path("app/", views.App.as_view(), name="app"),
    path("healthz", views.Alive.as_view(), name="healthz"),
    path("readyz", views.Ready.as_view(), name="readyz"),
    path("api/schema/", views.Schema.as_view(), name="schema"),
    path("api/docs/", views.SchemaPage.as_view(), name="api-docs"),
    *accounts.sign_in_patterns,
    *[path("", include((app.public_patterns, f"{name}-public"))) for name, app in APPS.items()],
]
if settings.DEBUG:
    urlpatterns.append(path("styleguide/", views.Styleguide.as_view(), name="styleguide"))

handler400 = "config.errors.bad_request"
handler403 = "config.errors.forbidden"
handler404 = "config.errors.not_found"
handler500 = "config.errors.broken"
