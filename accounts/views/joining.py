"""Coming in: with a code the first time, with the phone's PIN after that."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import limits, signin
from accounts.actions import devices, invitations
from accounts.actions.devices import DeviceRetired
from accounts.actions.people import code_hash
from accounts.doors import PublicView
from accounts.forms import CodeForm, PhoneForm, PinForm, StaffForm
from accounts.models import Membership
from rules.forms import PatientForm
from rules.refusals import Refusal


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class Joining(PublicView):
    """What the pages of coming in share. A code travels in the body of a POST, never in an address."""

    def counted(self, request: HttpRequest) -> None:
        """Count this try for the network, and for the code that is tried."""
        limits.by_network("join", request)
        limits.by_thing("code", code_hash(request.POST.get("code", "")))

    def choose(self, membership: Membership, form: PatientForm, status: int = 200) -> HttpResponse:
        """Ask for what this person needs to come in: a PIN for the phone, or a password."""
        template = "accounts/join_staff.html" if membership.is_staff else "accounts/join_phone.html"
        return self.page(status, template, form=form, seat=membership)


class Join(Joining):
    """Where a code is typed, or arrives in the fragment of the QR's address."""

    why_public = "a person with a code has no account yet; the code is the key"
    template_name = "accounts/join.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        self.counted(request)
        if not form.is_valid():
            return self.page(400, form=form)
        code = form.cleaned_data["code"]
        try:
            membership = invitations.find(code=code, at=timezone.now()).membership
        except Refusal as refusal:
            form.refuse(refusal)
            return self.page(400, form=form)
        return self.choose(membership, next_form(membership, code))


class JoinPhone(Joining):
    """Enrolls this phone and signs in."""

    why_public = "a person with a code has no account yet; the code is the key"
    template_name = "accounts/join_phone.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("join")

    def post(self, request: HttpRequest) -> HttpResponse:
        self.counted(request)
        form = PhoneForm(request.POST)
        if not form.is_valid():
            return self.page(400, form=form)
        typed = form.cleaned_data
        try:
            device, secret = invitations.redeem(
                code=typed["code"], pin=typed["pin"], device_label=typed["device_label"], at=timezone.now()
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return self.page(400, form=form)
        return signin.remember_device(signin.by_device(request, device), secret)


class JoinDesk(Joining):
    """Sets user name and password, signs in, and leads on to the second step."""

    why_public = "a person with a code has no account yet; the code is the key"
    template_name = "accounts/join_staff.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("join")

    def post(self, request: HttpRequest) -> HttpResponse:
        self.counted(request)
        code, now = request.POST.get("code", ""), timezone.now()
        membership = invitations.find(code=code, at=now).membership
        form = StaffForm(request.POST, username=membership.user.username)
        if not form.is_valid():
            return self.choose(membership, form, 400)
        typed = form.cleaned_data
        try:
            membership = invitations.redeem_as_staff(
                code=code, username=typed["username"], password=typed["password"], at=now
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return self.choose(membership, form, 400)
        return signin.by_new_password(request, membership.user)


def next_form(membership: Membership, code: str) -> PatientForm:
    """The form that follows the code."""
    initial = {"code": code}
    if membership.is_staff:
        return StaffForm(initial=initial, username=membership.user.username)
    return PhoneForm(initial=initial)


@method_decorator(never_cache, name="dispatch")
@method_decorator(sensitive_post_parameters(), name="dispatch")
class Pin(PublicView):
    """Opens this phone with its PIN."""

    why_public = "this is how a phone signs in; it says nothing before the PIN is right"
    template_name = "accounts/pin.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(safe_next(request) or "home")
        if not signin.device_secret(request):
            return self.page(200 if request.method == "GET" else 400, "accounts/pin_none.html")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(form=PinForm(), next=safe_next(request))

    def post(self, request: HttpRequest) -> HttpResponse:
        limits.by_network("pin", request)
        form = PinForm(request.POST)
        if not form.is_valid():
            return self.page(400, form=form, next=safe_next(request))
        try:
            device = devices.unlock(
                secret=signin.device_secret(request), pin=form.cleaned_data["pin"], at=timezone.now()
            )
        except DeviceRetired:
            return signin.forget_device(self.page(403, "accounts/pin_none.html", retired=True))
        except Refusal as refusal:
            form.refuse(refusal)
            return self.page(403, form=form, next=safe_next(request))
        return signin.by_device(request, device, next_path=safe_next(request))


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards: a path of this site, or nowhere in particular."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if is_ours else ""
