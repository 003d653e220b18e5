"""Where a member stands before a shift: what the rules of signing up ask about, in few questions.

For one member who presses the button, two statements written once; for any number of members whom
a planner looks at, two queries.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership, Organization
from patrols.models import BoardRules, Shift, ShiftRole, Signup, Suspension
from patrols.queries import joining
from patrols.states import HOLDS_A_PLACE, PUBLISHED, CrewRole, QualificationKind, SignupStatus
from rules.statements import DAY, KEY, MOMENT, Slot, Statement

# The longest rest a board may ask for (`board_rest_is_two_days_at_most`).
LONGEST_REST = timedelta(hours=48)
Hours = tuple[datetime, datetime]


@dataclass(frozen=True)
class Standing:
    """What stands between a member and a shift: the rules of their board, whether the district stays
    at home then, whether they are approved, of age and signed the code of conduct, what they are trained
    for, their signup there, the hours of the nights around it for which they are confirmed, whether the
    key they chose for a new signup is somebody's already, whether others wait, whether somebody needs a
    leader beside them, they or another who holds a place, whether another who holds one may lead, and
    whether a place is kept for who leads."""

    rules: BoardRules
    is_suspended: bool = False
    is_approved: bool = False
    is_of_age: bool = False
    has_signed: bool = False
    trainings: frozenset[str] = frozenset()
    signup: Signup | None = None
    nights: tuple[Hours, ...] = ()
    is_key_used: bool = False
    others_wait: bool = False
    is_new: bool = False
    is_with_newcomers: bool = False
    is_led: bool = False
    keeps_leaders_place: bool = False

    @property
    def leaves_unled(self) -> bool:
        """Whether with them somebody new would come, and nobody who may lead, nor a place kept for them."""
        leads = self.is_approved and QualificationKind.PATROL_LEADER in self.trainings
        is_covered = leads or self.is_led or self.keeps_leaders_place
        return not is_covered and (self.is_new or self.is_with_newcomers)


def standing(shift: Shift, member: Membership, key: UUID | None = None) -> Standing:
    """Where one member stands, who is kept from here on: two shifts at the same hour are two locks,
    only the member's own row stands in both ways. SQLite has one writer and no row to lock."""
    ask = _BOOKS_LOCKED if connection.features.has_select_for_update else _BOOKS
    (books,) = ask(member=member.pk, shift=shift.pk, key=key, last=_last(shift), **_words(shift))
    own, nights = _sorted(_NIGHTS(member=member.pk, shift=shift.pk, **_span(shift)), shift)
    signup = own.get(member.pk)
    return Standing(
        **_read(books[3:], shift),
        signup=signup,
        nights=tuple(nights[member.pk]),
        is_key_used=books[1] and not (signup and signup.pk == key),
        others_wait=books[2],
    )


def standings(shift: Shift, members: Iterable[UUID]) -> dict[UUID, Standing]:
    """Where each of these members stands: two queries, whatever their number."""
    asked = list(members)
    books = _books(Membership.objects.filter(pk__in=asked), last=_last(shift), **_words(shift))
    theirs = Signup.objects.filter(membership_id__in=asked)
    own, nights = _sorted(_near(theirs, shift=shift.pk, **_span(shift)), shift)
    return {
        row[0]: Standing(**_read(row[1:], shift), signup=own.get(row[0]), nights=tuple(nights[row[0]]))
        for row in books
    }


MEMBER = OuterRef("pk")
TRAININGS = (QualificationKind.PATROL_LEADER, QualificationKind.FIRST_AID, QualificationKind.RADIO)
RULES = ("rest_hours", "opens_days_before", "closes_hours_before")
CREW = ("is_new", "is_with_newcomers", "is_led", "keeps_leaders_place")


def _books(
    members: QuerySet[Any], *also: Exists, board: Any, night: Any, starts_at: Any, ends_at: Any, last: Any
) -> QuerySet[Any, Any]:
    """What stands in the books of members, of their board and of its district, for one shift.

    Subqueries all: with a join, PostgreSQL would lock the board's row with the member's.
    """
    rules = BoardRules.objects.filter(organization_id=board)
    district = Organization.objects.filter(pk=board).values("ubigeo")
    at_home = Suspension.objects.standing().filter(
        ubigeo__in=district, starts_at__lt=ends_at, ends_at__gt=starts_at
    )
    decided = (Subquery(rules.values(name)) for name in RULES)
    proven = [joining.approved(MEMBER), joining.of_age(MEMBER, night), joining.has_signed(MEMBER)]
    proven += [joining.qualified(MEMBER, kind, night) for kind in TRAININGS]
    return members.values_list("pk", *also, Exists(at_home), *_crew(last, night), *proven, *decided)


def _crew(last: Any, night: Any) -> list[Any]:
    """Who of a shift's others is new, and whether they are led. Asked only where the last place is at
    stake (`_last`): without a shift all of it is false, and costs nothing."""
    others = Signup.objects.filter(shift_id=last, status__in=HOLDS_A_PLACE).exclude(membership_id=MEMBER)
    theirs = OuterRef("membership_id")
    kept = ShiftRole.objects.filter(shift_id=last, kind=CrewRole.LEADER, taken__lt=F("minimum"))
    is_new = Q(Exists(Shift.objects.filter(pk=last))) & ~joining.walks_alone(MEMBER)
    return [
        ExpressionWrapper(is_new, BooleanField()),
        Exists(others.filter(~joining.walks_alone(theirs))),
        Exists(others.filter(joining.leads(theirs, night))),
        Exists(kept),
    ]


def _last(shift: Shift) -> UUID | None:
    """The shift, if not more than one place is left in it for whoever leads."""
    return shift.pk if shift.places_free <= 1 else None


def _read(books: Any, shift: Shift) -> dict[str, Any]:
    """Those books, from the district on, as a `Standing` holds them. A board that decided nothing has
    no row."""
    is_suspended, *more = books
    crew, (is_approved, is_of_age, has_signed, *more) = more[: len(CREW)], more[len(CREW) :]
    held, decided = more[: len(TRAININGS)], zip(RULES, more[len(TRAININGS) :], strict=True)
    rules = {name: value for name, value in decided if value is not None}
    return {
        **dict(zip(CREW, crew, strict=True)),
        "is_suspended": is_suspended,
        "is_approved": is_approved,
        "is_of_age": is_of_age,
        "has_signed": has_signed,
        "trainings": frozenset(kind for kind, holds in zip(TRAININGS, held, strict=True) if holds),
        "rules": BoardRules(organization_id=shift.organization_id, **rules),
    }


def _words(shift: Shift) -> dict[str, Any]:
    return {
        "board": shift.organization_id,
        "night": shift.service_date,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
    }


def _span(shift: Shift) -> dict[str, datetime]:
    return {"rested": shift.starts_at - LONGEST_REST, "tired": shift.ends_at + LONGEST_REST}


def _near(signups: QuerySet[Signup], *, shift: Any, rested: Any, tired: Any) -> QuerySet[Any]:
    """Signups for this shift, and confirmed ones for nights that may be too near to it."""
    around = Q(
        status=SignupStatus.CONFIRMED,
        shift__status__in=PUBLISHED,
        shift__starts_at__lt=tired,
        shift__ends_at__gt=rested,
    )
    hours = {"begins": F("shift__starts_at"), "finishes": F("shift__ends_at")}
    return signups.filter(Q(shift_id=shift) | around).annotate(**hours)


def _sorted(rows: Iterable[Any], shift: Shift) -> tuple[dict[UUID, Signup], dict[UUID, list[Hours]]]:
    """Each member's signup for the shift itself, and the hours of their other nights."""
    own: dict[UUID, Signup] = {}
    nights: dict[UUID, list[Hours]] = defaultdict(list)
    for row in rows:
        if row.shift_id == shift.pk:
            own[row.membership_id] = row
        else:
            nights[row.membership_id].append((row.begins, row.finishes))
    return own, nights


def _for_one(members: QuerySet[Membership]) -> QuerySet[Any, Any]:
    """The same for one member, with whether their new key is taken, and whether others wait."""
    line = Signup.objects.filter(shift_id=Slot("shift", KEY), status=SignupStatus.WAITLISTED)
    used = Signup.objects.filter(pk=Slot("key", KEY))
    return _books(
        members.filter(pk=Slot("member", KEY)),
        Exists(used),
        Exists(line),
        board=Slot("board", KEY),
        night=Slot("night", DAY),
        starts_at=Slot("starts_at", MOMENT),
        ends_at=Slot("ends_at", MOMENT),
        last=Slot("last", KEY),
    )


_BOOKS = Statement(lambda: _for_one(Membership.objects.all()))
_BOOKS_LOCKED = Statement(lambda: _for_one(Membership.objects.select_for_update(no_key=True)))
_NIGHTS = Statement(
    lambda: _near(
        Signup.objects.filter(membership_id=Slot("member", KEY)),
        shift=Slot("shift", KEY),
        rested=Slot("rested", MOMENT),
        tired=Slot("tired", MOMENT),
    )
)
