"""The coordinator's people: who is here, who was asked in, and what to do when a phone is lost."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import queries
from accounts.actions import members, people
from accounts.doors import DeskView
from accounts.forms import InviteForm, RolesForm
from accounts.models import Invitation, Membership, OrganizationKind
from accounts.qr import drawn
from accounts.roles import ROLES_OF_KIND, Permission, Role
from rules.refusals import NotFound, Refusal

PER_PAGE = 25


class PeopleView(DeskView):
    """What the pages about people share."""

    @property
    def sees_names(self) -> bool:
        """Real names and phones are for those who invite; everybody else reads aliases."""
        return self.membership.may(Permission.PEOPLE_NAMES)

    @property
    def gives(self) -> frozenset[Role]:
        """Roles this member may hand out here."""
        return self.membership.gives & ROLES_OF_KIND[self.membership.organization.kind]

    def find(self, pk: UUID) -> Membership:
        """The member, if it is one of ours."""
        member = queries.directory(self.membership, at=timezone.now()).filter(pk=pk).first()
        if member is None:
            raise NotFound
        return member

    def show_code(
        self, member: Membership, invitation: Invitation, code: str, back: str = ""
    ) -> HttpResponse:
        """The one page that ever shows a code. It is not kept by anybody on the way."""
        address = f"{settings.SITE_URL}{reverse('join')}#{code}"
        response = self.page(
            template="accounts/code.html",
            member=member,
            invitation=invitation,
            code=f"{code[:4]}-{code[4:]}",
            address=address,
            site=f"{settings.SITE_URL}{reverse('join')}",
            qr=drawn(address),
            sees_names=self.sees_names,
            back=back or reverse("accounts:member", args=[self.membership.organization.code, member.pk]),
        )
        response["Cache-Control"] = "no-store"
        return response


class People(PeopleView):
    """Everybody of the organization, narrowed by role and by where they stand."""

    allows = {"get": Permission.PEOPLE_VIEW}
    template_name = "accounts/people.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        role, state = request.GET.get("role", ""), request.GET.get("state", "active")
        rows: Any = queries.DirectoryPages(self.membership, timezone.now(), role, state)
        found = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        kinds = ROLES_OF_KIND[self.membership.organization.kind]
        return self.page(
            people=found,
            role=role,
            state=state,
            roles=[one for one in Role if one in kinds],
            states=queries.STATES,
            sees_names=self.sees_names,
            may_invite=self.membership.may(Permission.PEOPLE_INVITE),
        )


class Invite(PeopleView):
    """Asks somebody in."""

    allows = {"get": Permission.PEOPLE_INVITE, "post": Permission.PEOPLE_INVITE}
    template_name = "accounts/invite.html"

    def get(self, request: HttpRequest, **path: str) -> HttpResponse:
        return self.page(form=InviteForm(gives=self.gives, initial={"roles": [Role.VOLUNTEER.value]}))

    def post(self, request: HttpRequest, **path: str) -> HttpResponse:
        form = InviteForm(request.POST, gives=self.gives)
        if not form.is_valid():
            return self.page(400, form=form)
        organization = self.membership.organization
        try:
            invitation, code = people.invite(
                by=self.membership, organization=organization, at=timezone.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.refuse(refusal)
            return self.page(400, form=form)
        return self.show_code(invitation.membership, invitation, code)


class Member(PeopleView):
    """One member: what they do, with which phones, and what can be done for them."""

    allows = {"get": Permission.PEOPLE_VIEW, "post": Permission.PEOPLE_INVITE}
    template_name = "accounts/member.html"

    def get(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        member = self.find(pk)
        return self.shown(member, RolesForm(gives=self.gives, initial={"roles": list(member.roles)}))

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        """Give them other roles."""
        member, form = self.find(pk), RolesForm(request.POST, gives=self.gives)
        if not form.is_valid():
            return self.shown(member, form, 400)
        roles = [Role(role) for role in form.cleaned_data["roles"]]
        members.change_roles(by=self.membership, membership=member, roles=roles, at=timezone.now())
        messages.success(request, _("Their roles are changed."))
        return redirect("accounts:member", organization=self.membership.organization.code, pk=member.pk)

    def shown(self, member: Membership, form: RolesForm, status: int = 200) -> HttpResponse:
        may_change = self.membership.may(Permission.PEOPLE_INVITE) and member.roles <= self.membership.gives
        return self.page(
            status,
            member=member,
            form=form,
            phones=member.devices.order_by("retired_at", "-enrolled_at"),
            sees_names=self.sees_names,
            may_change=may_change,
            may_retire=self.membership.may(Permission.DEVICE_RETIRE),
            is_me=member.pk == self.membership.pk,
            leads_newcomers=self.membership.may(Permission.JOINING_DECIDE)
            and self.membership.organization.kind == OrganizationKind.BOARD,
        )


class MemberCode(PeopleView):
    """A new code for a member: another phone, a forgotten password, or coming back."""

    allows = {"post": Permission.PEOPLE_INVITE}

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        member = self.find(pk)
        invitation, code = people.invite_again(by=self.membership, membership=member, at=timezone.now())
        return self.show_code(member, invitation, code)


class EndMembership(PeopleView):
    """Saying goodbye to a member: asked once more, then done; a new code brings them back."""

    allows = {"get": Permission.PEOPLE_INVITE, "post": Permission.PEOPLE_INVITE}
    template_name = "accounts/end.html"

    def get(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        return self.page(member=self.find(pk), sees_names=self.sees_names)

    def post(self, request: HttpRequest, pk: UUID, **path: str) -> HttpResponse:
        member = members.end(by=self.membership, membership=self.find(pk), at=timezone.now())
        messages.success(request, _("Their membership has ended. A new code brings them back."))
        return redirect("accounts:member", organization=self.membership.organization.code, pk=member.pk)
