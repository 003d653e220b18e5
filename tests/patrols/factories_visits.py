"""Rows of the points of a patrol, and of tracks."""

import factory

from accounts.roles import Role
from patrols.models import Coverage, RouteStop, Skip, Track, TrackPoint, Visit
from tests.factories import (
    NOON,
    OURS,
    MembershipFactory,
    OwnedFactory,
    PatrolFactory,
    PriorityPointFactory,
)

POINT = factory.SubFactory(PriorityPointFactory, **OURS)
SOMEBODY = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)


class OfPatrolFactory(OwnedFactory):
    class Meta:
        abstract = True

    patrol = factory.SubFactory(PatrolFactory, **OURS)


class RouteStopFactory(OfPatrolFactory):
    class Meta:
        model = RouteStop

    point = POINT
    place = factory.Sequence(lambda number: number + 1)


class VisitFactory(OfPatrolFactory):
    """A visit by hand that still goes on, unless told otherwise."""

    class Meta:
        model = Visit

    point = POINT
    member = SOMEBODY
    method = "manual"
    reason_code = factory.LazyAttribute(lambda visit: "no_sheet" if visit.method == "manual" else "")
    arrived_at = NOON
    recorded_at = NOON


class SkipFactory(OfPatrolFactory):
    class Meta:
        model = Skip

    point = POINT
    member = SOMEBODY
    reason_code = "no_time"
    told_at = NOON


class TrackFactory(OfPatrolFactory):
    class Meta:
        model = Track

    membership = SOMEBODY
    allowed_at = NOON


class TrackPointFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TrackPoint

    track = factory.SubFactory(TrackFactory)
    seq = factory.Sequence(int)
    device_at = NOON
    at = NOON
    lat = -12.0297
    lon = -77.01
    accuracy_m = 8.0
    h3_9 = "898e62c2a3bffff"


class CoverageFactory(OfPatrolFactory):
    class Meta:
        model = Coverage

    cells_seen = 3
    cells_of_sector = 12
    sampled_percent = 60
    tracks = 1
    written_at = NOON
