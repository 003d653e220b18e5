"""Rows of the month: who can when, who was asked, who comes along, what was proposed."""

from datetime import date, timedelta

import factory

from accounts.roles import Role
from patrols.models import (
    Availability,
    Companion,
    Proposal,
    ProposedNight,
    Request,
    ShiftRole,
    Suspension,
    Swap,
)
from tests.factories import NOON, OURS, MembershipFactory, OwnedFactory, ShiftFactory


class AvailabilityFactory(OwnedFactory):
    """A part of a weekday somebody usually can: Friday late."""

    class Meta:
        model = Availability

    membership = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    weekday = 4
    part = "night"


class RequestFactory(OwnedFactory):
    class Meta:
        model = Request

    shift = factory.SubFactory(ShiftFactory, **OURS)
    membership = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    asked_by = factory.SubFactory(MembershipFactory, **OURS)
    crew_wanted = 2
    asked_at = NOON
    expires_at = factory.LazyAttribute(lambda request: request.asked_at + timedelta(hours=12))


class CompanionFactory(OwnedFactory):
    class Meta:
        model = Companion

    shift = factory.SubFactory(ShiftFactory, **OURS)
    kind = "serenazgo"
    unit = "Móvil 12"
    requested_by = factory.SubFactory(MembershipFactory, **OURS)
    requested_at = NOON


class ProposalFactory(OwnedFactory):
    class Meta:
        model = Proposal

    month = date(2030, 2, 1)
    per_week = 2
    duration_minutes = 180
    windows = factory.LazyFunction(
        lambda: [{"days": [0, 1, 2, 3, 4, 5, 6], "from": "18:00", "until": "23:30"}]
    )
    proposed_by = factory.SubFactory(MembershipFactory, **OURS)
    proposed_at = NOON


class ProposedNightFactory(OwnedFactory):
    class Meta:
        model = ProposedNight

    proposal = factory.SubFactory(ProposalFactory, **OURS)
    shift = factory.SubFactory(
        ShiftFactory,
        status="draft",
        starts_at=NOON + timedelta(days=35, hours=9),
        service_date=date(2030, 2, 5),
        **OURS,
    )
    available = 3
    fit = "enough"


class SwapFactory(OwnedFactory):
    """Somebody who goes out asks a fellow member to take the place."""

    class Meta:
        model = Swap

    shift = factory.SubFactory(ShiftFactory, **OURS)
    asked_by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    asked = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    asked_at = NOON
    expires_at = factory.LazyAttribute(lambda swap: swap.asked_at + timedelta(hours=12))


class SuspensionFactory(OwnedFactory):
    """A district stayed at home for a day."""

    class Meta:
        model = Suspension

    ubigeo = "150132"
    reason = "operation"
    starts_at = NOON
    ends_at = factory.LazyAttribute(lambda suspension: suspension.starts_at + timedelta(days=1))
    declared_at = factory.LazyAttribute(lambda suspension: suspension.starts_at)


class ShiftRoleFactory(OwnedFactory):
    """Somebody may carry the radio."""

    class Meta:
        model = ShiftRole

    shift = factory.SubFactory(ShiftFactory, **OURS)
    kind = "radio"
    minimum = 0
