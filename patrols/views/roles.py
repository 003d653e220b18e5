"""What some places of a night are for, and putting somebody down who told the coordinator."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import checkers, roles, signups
from patrols.forms.roles import RolesForm, as_typed
from patrols.models import Shift, ShiftRole
from patrols.queries import pages
from patrols.queries.roles import roles_of
from patrols.views.acts import find, now, sentence, typed
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound


class Roles(DeskView):
    """How many of each role a night needs."""

    allows = {"get": Permission.SHIFT_PLAN, "post": Permission.SHIFT_PLAN}
    template_name = "patrols/roles.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        known = as_typed(roles_of(shift)) | {"version": shift.version}
        return self.page(form=RolesForm(initial=known), shift=shift)

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift, form = find(Shift, self, pk), RolesForm(request.POST)
        if not form.is_valid() or not self.set(shift, form):
            return self.page(422, form=form, shift=shift)
        messages.success(request, str(_("Saved. Places stay free for these roles.")))
        return redirect("patrols:shift", organization, pk)

    def set(self, shift: Shift, form: RolesForm) -> bool:
        version = form.cleaned_data["version"]
        try:
            roles.set_roles(
                shift=shift, wishes=form.wishes(), by=self.membership, at=now(), expected_version=version
            )
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors


class Place(DeskView):
    """Somebody told the coordinator that they come: by the same rules as if they tapped it themselves."""

    allows = {"post": Permission.SHIFT_PLAN}

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        shift = find(Shift, self, pk)
        member = self.member(request.POST.get("member", ""))
        role = role_typed(shift, request.POST.get("role", ""))
        try:
            signups.place(shift=shift, member=member, role=role, by=self.membership, at=now())
            messages.success(request, str(_("Put down. They are told, and can say that they cannot.")))
        except (Conflict, IllegalMove, Invalid) as refusal:
            messages.error(request, str(checkers.OF_OTHERS.get(refusal.code, sentence(refusal))))
        return redirect("patrols:fill", organization, pk)

    def member(self, key: str) -> Membership:
        members = Membership.objects.visible_to(self.membership).acting()
        found: Membership | None = typed(members, key)
        if found is None:
            raise NotFound
        return found


class ChooseRole(DeskView):
    """The roles of a night one may sign up for, and which places are for anybody."""

    allows = {"get": Permission.SHIFT_SIGN_UP}
    template_name = "patrols/choose_role.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        night = pages.one_night(membership=self.membership, shift_id=pk)
        if night is None:
            raise NotFound
        found = roles_of(night.shift)
        free = [role for role in found if role.free and night.shift.has_place_for(role)]
        is_over = bool(night.answer) or night.shift.has_begun(now()) or night.shift.status != "open"
        return self.page(night=night, shift=night.shift, roles=found, free=free, is_over=is_over)


def role_typed(shift: Shift, key: str) -> ShiftRole | None:
    """A role of this shift by its key; nothing typed is none."""
    if not key:
        return None
    role: ShiftRole | None = typed(ShiftRole.objects.filter(shift_id=shift.pk), key)
    if role is None:
        raise NotFound
    return role
