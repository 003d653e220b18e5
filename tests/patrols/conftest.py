"""What the tests of patrols share: addresses, clocks and crews."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.street import night_of


@pytest.fixture
def at_noon():
    """The doors read the clock: it is noon in Lima, three days before the shift."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def url(organization):
    """`url("shift-list")`, `url("shift-detail", shift)`: addresses at our own door."""

    def address(name, row=None):
        keys = {"pk": row.pk} if row is not None else {}
        return reverse(f"patrols-api:{name}", kwargs={"organization": organization.code, **keys})

    return address


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=2)


@pytest.fixture
def crew(shift):
    """Two volunteers with a confirmed place."""
    signups = SignupFactory.create_batch(2, shift=shift, organization=shift.organization)
    return [signup.membership for signup in signups]


@pytest.fixture
def patrol_that_is(shift, crew):
    """A patrol of the crew in any state, as its life would have left it."""

    def make(status, present=2):
        begun = status not in {"planned", "briefing", "cancelled", "missed"}
        ended = status in {"debrief", "closed", "reviewed", "aborted_for_safety"}
        patrol = PatrolFactory(
            shift=shift,
            organization=shift.organization,
            leader=crew[0],
            status=status,
            started_at=shift.starts_at if begun else None,
            ended_at=shift.starts_at + timedelta(hours=2) if ended else None,
            safety_reason="danger" if status == "aborted_for_safety" else "",
        )
        for place, member in enumerate(crew):
            CrewMemberFactory(
                patrol=patrol,
                membership=member,
                organization=shift.organization,
                attendance="present" if place < present else "expected",
            )
        return patrol

    return make


@pytest.fixture
def reviewer(organization):
    """Somebody of the municipality of the board's district."""
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    return MembershipFactory(organization=municipality, roles={Role.REVIEWER})


@pytest.fixture
def night(patrol_that_is, crew, coordinator, reviewer):
    """A crew of two that has just gone out, and everybody who may hear of it."""
    return night_of(patrol_that_is("active"), crew, coordinator, reviewer)
