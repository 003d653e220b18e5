"""The two doors' frames, HTML and JSON. Both are closed until a route names its permission.

A door finds who acts, finds rows through `visible_to`, calls one verb and shows the answer.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from functools import wraps
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views import View
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from django_htmx.http import HttpResponseClientRedirect
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from accounts import limits
from accounts.actions.devices import DeviceRetired
from accounts.models import Device, Membership, User
from accounts.roles import Permission
from accounts.scoping import Row, ScopedQuerySet
from accounts.sessions import device_of
from accounts.signin import COOKIE
from rules.paging import CursorPages
from rules.refusals import Invalid, NotFound, Sentence

PAGING = {"cursor", "page_size"}


def membership_for(request: HttpRequest | Request, organization: str) -> Membership:
    """Find who this person is in the organization of the path. A stranger finds nothing."""
    for membership in memberships_of(request):
        if membership.organization.code == organization:
            return membership
    raise NotFound


def memberships_of(request: HttpRequest | Request) -> list[Membership]:
    """As whom this session may act.

    A session opened with a phone and its PIN acts for that phone's membership alone: a PIN must
    never reach what the same person guards elsewhere with a password and a second step.
    """
    if not isinstance(request.user, User):
        return []
    device = device_of(getattr(request, "auth", None) or request.session)
    if device is None:
        return request.user.acts_as
    phone = Device.objects.working().filter(pk=device).values_list("membership_id", "enrolled_at").first()
    owner, enrolled_at = phone or (None, None)
    found = [membership for membership in request.user.acts_as if membership.pk == owner]
    for membership in found:
        membership.reads_since = enrolled_at
    return found


class StrictFilterBackend(DjangoFilterBackend):
    """Filters that refuse what they do not understand, naming the parameter."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        if not request.query_params.keys() - PAGING:
            return queryset
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise Invalid({name: errors[0] for name, errors in filterset.errors.items()})
        return filterset.qs


class Filters(FilterSet):
    """Filters as declared, of which only those are made that were asked for: a form of them all,
    built anew each time, costs as much as the page's rows."""

    def __init__(self, data: Any = None, queryset: Any = None, **options: Any) -> None:
        self.data, self.queryset, self.request = data or {}, queryset, options.get("request")
        self.asked = {name: self._own(name) for name in self.base_filters if name in self.data}
        self.values: dict[str, Any] = {}
        self.wrong: dict[str, list[str]] = {}
        for name, one in self.asked.items():
            try:
                self.values[name] = one.field.clean(one.field.widget.value_from_datadict(self.data, {}, name))
            except ValidationError as problem:
                self.wrong[name] = problem.messages

    def is_valid(self) -> bool:
        return not self.wrong

    @property
    def errors(self) -> dict[str, list[str]]:
        return self.wrong

    @property
    def qs(self) -> Any:
        rows = self.queryset
        for name, value in self.values.items():
            rows = self.asked[name].filter(rows, value)
        return rows

    def _own(self, name: str) -> Any:
        """A filter that knows us: `method=` names one of ours."""
        one = copy(self.base_filters[name])
        one.parent, one.method = self, one.method
        return one


class StrictSerializer(serializers.Serializer[Any]):
    """Input that refuses fields nobody declared: a typing error must not be lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [name for name in data if name not in self.fields]
            if unknown:
                sentence = [_("There is no such field.")]
                raise serializers.ValidationError(dict.fromkeys(unknown, sentence))
        return super().to_internal_value(data)


class ScopedViewSet(GenericViewSet[Row]):
    """Serve rows to members of the organization in the path. Strangers get 404; unlisted
    actions 405; members without the permission 403."""

    queryset: ScopedQuerySet[Row]
    allows: ClassVar[Mapping[str, Permission]] = {}
    takes: ClassVar[Mapping[str, set[str]]] = {}  # parameters of actions that are no lists
    lookup_value_converter = "uuid"
    filterset_class: ClassVar[type[FilterSet] | None] = None
    filter_backends = (StrictFilterBackend,)
    pagination_class: type[CursorPages] | None = CursorPages
    membership: Membership

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.membership = membership_for(request, kwargs["organization"])
        needed = self.allows.get(self.action or "")
        if needed is None:
            raise MethodNotAllowed(request.method or "")
        self.membership.require(needed)
        self._refuse_undeclared(request)

    def get_queryset(self) -> Any:
        return self.queryset.all().visible_to(self.membership)

    def get_object(self) -> Any:
        row = self.filter_by_key(self.get_queryset()).first()
        if row is None:
            raise NotFound
        return row

    def filter_by_key(self, rows: Any) -> Any:
        return rows.filter(pk=self.kwargs["pk"])

    def _refuse_undeclared(self, request: Request) -> None:
        known = set(self.takes.get(self.action or "", ()))
        if self.action == "list":
            filters = self.filterset_class.base_filters if self.filterset_class else {}
            known = PAGING | set(filters)
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            sentence: Sentence = _("There is no such parameter here.")
            raise Invalid(dict.fromkeys(unknown, sentence))


class DeskView(View):
    """A page of one organization. Names the permission for each method it answers."""

    allows: ClassVar[Mapping[str, Permission]] = {}
    template_name: ClassVar[str] = ""
    is_kept: ClassVar[bool] = True  # by a volunteer's browser, to be looked at again without signal
    membership: Membership

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_the_door(request, kwargs["organization"])
        self.membership = membership_for(request, kwargs["organization"])
        request.membership = self.membership  # type: ignore[attr-defined]
        needed = self.allows.get((request.method or "").lower())
        if needed is None:
            return self.http_method_not_allowed(request)
        self.membership.require(needed)
        response = super().dispatch(request, *args, **kwargs)
        if self.membership.is_staff or not self.is_kept:  # the back button of a computer others use too
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def page(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        """Render this view's template with the member who looks."""
        context |= {"membership": self.membership, "organization": self.membership.organization}
        return render(self.request, template or self.template_name, context, status=status)


def to_the_door(request: HttpRequest, organization: str) -> HttpResponse:
    """Ask who it is, then lead back to the page; after a pressed button, to the first page: its own
    address shows nothing. Where a piece of a page was asked for, the whole page goes to the door."""
    is_piece = "HX-Request" in request.headers
    is_page = request.method == "GET" and not is_piece
    back = request.get_full_path() if is_page else reverse("organization", args=[organization])
    response = redirect_to_login(back, door_of(request))
    return HttpResponseClientRedirect(response.url) if is_piece else response


def door_of(request: HttpRequest) -> str:
    """Where this browser signs in: an enrolled phone with its PIN, everybody else at the desk."""
    return reverse("pin" if COOKIE in request.COOKIES else "account_login")


def is_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a browser says that another site's page sent this. For the few doors that cannot ask for
    a form's token, which a page left open may have outlived."""
    origin = request.headers.get("Origin")
    ours = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return origin is not None and origin not in ours


def not_by_phone(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Wrap a view we do not own (django-allauth's) that keeps keys of the person, not of one membership:
    a session opened with a phone and its PIN finds nothing there."""

    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if device_of(request.session) is not None:
            raise NotFound
        return view(request, *args, **kwargs)

    return wrapper


@contextmanager
def strangers_counted(request: HttpRequest) -> Iterator[None]:
    """A known phone may call as often as it likes; the network of an unknown one has its share."""
    try:
        yield
    except DeviceRetired:
        limits.by_network("unknown-phone", request)
        raise


class PublicView(View):
    """A page open to everybody, with the reason why. Counted and listed by the tests."""

    why_public: ClassVar[str]
    template_name: ClassVar[str] = ""

    def page(self, status: int = 200, template: str = "", **context: Any) -> HttpResponse:
        return render(self.request, template or self.template_name, context, status=status)
