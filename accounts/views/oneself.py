"""Oneself: one's phones, language, second step, and leaving."""

from operator import attrgetter
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actions import devices, members
from accounts.doors import DeskView, PublicView, door_of, memberships_of
from accounts.forms import LanguageForm
from accounts.models import Device, second_factors
from accounts.roles import Permission
from accounts.sessions import device_of
from rules.refusals import NotFound, Refusal


class Me(PublicView):
    """Who I am here, in which language, and how well my door is locked."""

    why_public = "shows only one's own memberships; the signed-out are sent to sign in"
    template_name = "accounts/me.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), door_of(request))
        self.memberships = sorted(memberships_of(request), key=attrgetter("organization.name"))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        language = getattr(request.user, "language", "")
        return self.mine(LanguageForm(initial={"language": language}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = LanguageForm(request.POST)
        if not form.is_valid() or not self.memberships:
            return self.mine(form, 400)
        language = form.cleaned_data["language"]
        members.speak(by=self.memberships[0], language=language)
        with override(language):
            messages.success(request, _("From now on we speak this language."))
        response = redirect("me")
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=365 * 24 * 3600,
            secure=settings.HTTPS,
            httponly=True,
            samesite="Lax",
        )
        return response

    def mine(self, form: LanguageForm, status: int = 200) -> HttpResponse:
        return self.page(
            status,
            form=form,
            memberships=self.memberships,
            on_phone=device_of(self.request.session) is not None,
            has_second_step=second_factors(self.request.user.pk).exists(),
        )


class MyPhones(DeskView):
    """The phones I patrol with."""

    allows = {"get": Permission.ACCOUNT_OWN}
    template_name = "accounts/phones.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        mine = Device.objects.filter(membership=self.membership).order_by("retired_at", "-enrolled_at")
        return self.page(phones=mine, this_phone=device_of(request.session))


class LostPhone(DeskView):
    """'I lost this phone': asked once more, then it is shut out."""

    allows = {"get": Permission.ACCOUNT_OWN, "post": Permission.ACCOUNT_OWN}
    template_name = "accounts/lost_phone.html"

    def get(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        device = self.find(pk)
        is_here = device.pk == device_of(request.session)
        return self.page(phone=device, is_mine=device.membership_id == self.membership.pk, is_here=is_here)

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        device = devices.retire(by=self.membership, device=self.find(pk), at=timezone.now())
        if device.pk == device_of(request.session):
            logout(request)
            return redirect("landing")
        messages.success(request, _("That phone is shut out."))
        code = self.membership.organization.code
        if device.membership_id == self.membership.pk:
            return redirect("accounts:devices", organization=code)
        return redirect("accounts:member", organization=code, pk=device.membership_id)

    def find(self, pk: UUID) -> Device:
        """The phone, if it is this member's to see."""
        device: Device | None = (
            Device.objects.all()
            .visible_to(self.membership)
            .select_related("membership")
            .filter(pk=pk)
            .first()
        )
        if device is None:
            raise NotFound
        return device


class Leave(DeskView):
    """Leaving an organization: asked once more, then done."""

    allows = {"get": Permission.ACCOUNT_OWN, "post": Permission.ACCOUNT_OWN}
    template_name = "accounts/leave.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        return self.page()

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        try:
            members.leave(by=self.membership, at=timezone.now())
        except Refusal as refusal:
            return self.page(409, refused=refusal.detail)
        messages.success(request, _("You have left. Thank you for every walk."))
        return redirect("landing")
