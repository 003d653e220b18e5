"""Who of a board can when, as they said themselves."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import Q

from accounts.models import Membership
from accounts.roles import Permission
from patrols.models import Availability
from patrols.states.availability import Part


@dataclass
class Free:
    """When the members of a board can. Whoever has said nothing is not counted as able."""

    members: list[UUID]
    usually: dict[UUID, set[tuple[int, str]]] = field(default_factory=dict)
    otherwise: dict[UUID, dict[tuple[date, str], bool]] = field(default_factory=dict)

    @property
    def is_unknown(self) -> bool:
        """Whether nobody has said anything yet."""
        return not self.usually and not self.otherwise

    def can(self, member: UUID, day: date, parts: Iterable[Part]) -> bool | None:
        """Whether somebody can on all these parts of a day of service; None if they never said."""
        if member not in self.usually and member not in self.otherwise:
            return None
        usual, exceptions = self.usually.get(member, set()), self.otherwise.get(member, {})
        return all(exceptions.get((day, part), (day.weekday(), part) in usual) for part in map(str, parts))

    def count(self, day: date, parts: Iterable[Part]) -> int:
        """How many can on all these parts of a day."""
        parts = tuple(parts)
        return sum(self.can(member, day, parts) is True for member in self.members)


def patrollers(organization_id: UUID) -> "list[UUID]":
    """Who of a board may go out."""
    ours = Membership.objects.filter(organization_id=organization_id)
    return list(ours.with_permission(Permission.SHIFT_SIGN_UP).order_by("pk").values_list("pk", flat=True))


def free_of(organization_id: UUID, first: date, last: date) -> Free:
    """When the members of a board can between two days: two queries for any number of them."""
    free = Free(patrollers(organization_id))
    asked = Q(on=None) | Q(on__gte=first, on__lte=last)
    rows = Availability.objects.filter(asked, organization_id=organization_id)
    for member, weekday, on, part, is_free in rows.values_list(
        "membership_id", "weekday", "on", "part", "is_free"
    ):
        if weekday is not None:
            free.usually.setdefault(member, set()).add((weekday, part))
        elif on is not None:
            free.otherwise.setdefault(member, {})[on, part] = is_free
    return free


def own_week(member: Membership) -> set[tuple[int, str]]:
    """The parts of weekdays a member usually can."""
    rows = Availability.objects.filter(membership_id=member.pk, on=None)
    pairs = rows.values_list("weekday", "part")
    return {(weekday, part) for weekday, part in pairs if weekday is not None}


def own_exceptions(member: Membership, since: date) -> dict[date, dict[str, bool]]:
    """The coming days on which it is otherwise, soonest first."""
    rows = Availability.objects.filter(membership_id=member.pk, on__gte=since).order_by("on")
    found: dict[date, dict[str, bool]] = {}
    for on, part, is_free in rows.values_list("on", "part", "is_free"):
        if on is not None:
            found.setdefault(on, {})[part] = is_free
    return found
