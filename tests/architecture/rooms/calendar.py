"""What the month adds to the walk: the words of its addresses, its rows, the shapes of its JSON."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from accounts.roles import Role
from patrols.models import Shift
from tests import factories
from tests.patrols import factories_calendar as month

KEYS: dict[str, str] = {
    "requests": "request",
    "companions": "companion",
    "swaps": "swap",
    "suspensions": "suspension",
    "proposals": "proposal",
    "proposed-nights": "proposed_night",
}
REQUEST = {"id", "shift", "member", "status", "asked_at", "expires_at", "answered_at", "version"}
COMPANION = {"id", "shift", "kind", "unit", "status", "requested_at", "answered_at", "version"}
PROPOSAL = {
    *("id", "month", "per_week", "duration_minutes", "windows", "unplaced", "status", "proposed_at"),
    *("published_at", "version"),
}
SWAP = {"id", "shift", "wanted", "asked_by", "asked_by_alias", "asked", "asked_alias", "status"} | {
    *("asked_at", "expires_at", "ended_at", "version"),
}
SUSPENSION = {"id", "reason", "starts_at", "ends_at", "declared_at", "lifted_at", "version"}
SHAPES: dict[str, set[str]] = {
    "patrols-api:proposal-list": PROPOSAL,
    "patrols-api:proposal-detail": PROPOSAL,
    "patrols-api:proposal-nights": {
        *("id", "shift", "status", "service_date", "starts_at", "ends_at", "sector", "available", "fit"),
    },
    "patrols-api:request-list": REQUEST,
    "patrols-api:request-detail": REQUEST,
    "patrols-api:swap-list": SWAP,
    "patrols-api:shift-roles": {"id", "kind", "minimum", "maximum", "taken", "needs"},
    "patrols-api:suspension-list": SUSPENSION,
    "patrols-api:rules": {
        *("rest_hours", "withdraw_until_hours", "opens_days_before", "closes_hours_before"),
        *("answer_minutes", "check_in_minutes", "version"),
    },
    "patrols-api:swap-detail": SWAP,
    "patrols-api:swap-fellows": {"id", "alias"},
    "patrols-api:companion-list": COMPANION,
    "patrols-api:companion-detail": COMPANION,
    "patrols-api:availability-list": {"id", "member", "weekday", "on", "part", "is_free"},
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """The member said when they can, was asked to come, asks to swap; a unit comes; a month is proposed."""
    ours = {"organization": owner}
    coordinator = factories.MembershipFactory(roles=frozenset({Role.COORDINATOR}), **ours)
    at = timezone.now()
    shift = factories.ShiftFactory(starts_at=at + timedelta(days=2), service_date=at.date(), **ours)
    proposal = month.ProposalFactory(proposed_by=coordinator, status="discarded", **ours)
    draft = factories.ShiftFactory(starts_at=at + timedelta(days=3), status="draft", **ours)
    rows = {
        "companion": month.CompanionFactory(shift=shift, requested_by=coordinator, **ours),
        "proposal": proposal,
        "proposed_night": month.ProposedNightFactory(proposal=proposal, shift=draft, **ours),
        "availability": month.AvailabilityFactory(membership=member, organization=member.organization)
        if not member_said(member)
        else member_said(member),
    }
    asked = {"shift": shift, "membership": member, "asked_by": coordinator, "asked_at": at}
    swapped = {"shift": shift, "asked_by": member, "asked": coordinator, "asked_at": at}
    return rows | {
        "request": month.RequestFactory(**asked, **ours),
        "swap": month.SwapFactory(**swapped, **ours),
        "role": own_role(own_night(member, owner)),
        "suspension": month.SuspensionFactory(ubigeo=owner.ubigeo, starts_at=at - timedelta(days=3), **ours),
    }


def own_night(member: Membership, owner: Organization) -> Shift:
    """The coming night of the walk for which the member signed up."""
    return Shift.objects.filter(organization=owner, signups__membership=member, status="open").earliest(
        "starts_at"
    )


def own_role(shift: Shift) -> Any:
    """A role of that night, once for its kind."""
    known = month.ShiftRole.objects.filter(shift=shift).first()
    return known or month.ShiftRoleFactory(shift=shift, organization=shift.organization)


def member_said(member: Membership) -> Any:
    """What the member said already: once for each part of a weekday."""
    return month.Availability.objects.filter(membership=member).first()
