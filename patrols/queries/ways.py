"""The way to the first patrol as people see it: what is done, what is missing, and who acts next."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import blind
from accounts.models import CODE_ALPHABET, Membership
from accounts.roles import Permission, Role
from patrols.models import CrewMember, Joining, Qualification, Voucher
from patrols.models.shifts import boards_of
from patrols.queries.joining import FOR_PATROLS, is_signed
from patrols.states import (
    CURRENT_CODE,
    FINISHED,
    ONCE_APPROVED,
    SIGN_UNTIL,
    VOUCHERS_NEEDED,
    WALKED,
    WALKS_WITH_A_LEADER,
    JoiningStatus,
)

PATROLLERS = (Role.VOLUNTEER, Role.PATROL_LEADER, Role.COORDINATOR)
YOU = gettext_lazy("You")
NEIGHBORS = gettext_lazy("Two neighbors of your board")
COORDINATOR = gettext_lazy("Your coordinator")
# Without a key: one drawn here would change what a seeded demo draws after it, the first time.
NOT_YET = Joining(id=None)


@dataclass(frozen=True)
class Rung:
    """One step: whether it is done, what is known of it, and who must act."""

    code: str
    title: str
    is_done: bool
    known: str
    acts: Any

    @property
    def actor(self) -> str:
        """Who must act, as a code."""
        return {"vouchers": "neighbors", "code": "member"}.get(self.code, "coordinator")


@dataclass(frozen=True)
class Way:
    """Where one member stands."""

    member: Membership
    joining: Joining
    rungs: list[Rung]
    walks: int
    qualifications: list[Qualification] = field(default_factory=list)

    @property
    def following(self) -> Rung | None:
        """The first step that is missing, wherever others are done already."""
        return next((rung for rung in self.rungs if not rung.is_done), None)

    @property
    def missing(self) -> int:
        """How many steps are left."""
        return sum(not rung.is_done for rung in self.rungs)

    @property
    def sign_until(self) -> date | None:
        """Until when somebody who goes out already may still sign the code as it reads now."""
        return None if self.joining.has_signed else SIGN_UNTIL

    @property
    def own(self) -> Rung | None:
        """What the member can do now themselves."""
        return next((rung for rung in self.rungs if not rung.is_done and rung.acts is YOU), None)

    @property
    def is_approved(self) -> bool:
        return self.joining.status == JoiningStatus.APPROVED

    @property
    def is_suspended(self) -> bool:
        return self.joining.status == JoiningStatus.SUSPENDED

    @property
    def walks_left(self) -> int:
        """How many patrols still need a leader beside them."""
        return 0 if self.joining.is_taken_over else max(0, WALKS_WITH_A_LEADER - self.walks)


def way_of(member: Membership, today: date) -> Way:
    """Where a member stands, and what is missing."""
    return ways_of([member], today)[0]


def ways_of(members: Sequence[Membership], today: date) -> list[Way]:
    """Where each of these members stands: four queries, whatever their number."""
    asked = [member.pk for member in members]
    rows = Joining.objects.select_related("endorsed_by", "police_station", "check_recorded_by", "approved_by")
    joinings = {row.membership_id: row for row in rows.filter(membership_id__in=asked)}
    words = _words_given(asked)
    walks = _walks(asked)
    held: dict[UUID, list[Qualification]] = defaultdict(list)
    trainings = Qualification.objects.filter(membership_id__in=asked, revoked_at=None)
    for one in trainings.order_by("kind", "-valid_from"):
        held[one.membership_id].append(one)
    return [
        _way(
            member,
            joinings.get(member.pk) or NOT_YET,
            words[member.pk],
            walks[member.pk],
            held[member.pk],
            today,
        )
        for member in members
    ]


def card_for(member: Membership, today: date) -> Way | None:
    """The way of whoever still has something to do on it; nothing for all others, for one query."""
    walking = Joining.objects.filter(membership_id=member.pk, status=JoiningStatus.APPROVED)
    if walking.filter(is_signed()).exists():
        return None
    return way_of(member, today)


def _way(
    member: Membership,
    joining: Joining,
    words: int,
    walks: int,
    held: list[Qualification],
    today: date,
) -> Way:
    counting = [one for one in held if one.kind in FOR_PATROLS and one.is_valid(today)]
    trained = max(counting, key=lambda one: one.valid_from, default=None)
    rungs = [
        *_words(joining, words),
        _check(joining),
        _training(joining, trained),
        _code(joining),
        _approval(joining),
    ]
    return Way(member, joining, rungs, walks, held)


def _words_given(asked: list[UUID]) -> dict[UUID, int]:
    """How many neighbors answer for each: words not taken back, and of others than who endorses."""
    standing = Voucher.objects.standing().filter(joining__membership_id__in=asked)
    own = Q(joining__endorsed_by__isnull=False, by_id=F("joining__endorsed_by_id"))
    rows = standing.exclude(own).order_by().values_list("joining__membership_id").annotate(n=Count("pk"))
    return defaultdict(int, rows)


def _walks(asked: list[UUID]) -> dict[UUID, int]:
    """How often each of them went out to the end."""
    finished = CrewMember.objects.filter(
        membership_id__in=asked, attendance__in=WALKED, patrol__status__in=FINISHED
    )
    rows = finished.order_by().values_list("membership_id").annotate(n=Count("pk"))
    return defaultdict(int, rows)


def _words(joining: Joining, given: int) -> list[Rung]:
    over = joining.is_taken_over
    endorsed = joining.endorsed_by
    counts = {"given": min(given, VOUCHERS_NEEDED), "needed": VOUCHERS_NEEDED}
    known = "" if over else _("%(given)s of %(needed)s") % counts
    when = _day(joining.endorsed_at.date()) if joining.endorsed_at else ""
    return [
        Rung(
            "vouchers", _("Two neighbors answer for you"), over or given >= VOUCHERS_NEEDED, known, NEIGHBORS
        ),
        Rung(
            "endorsement",
            _("The coordinator answers for you"),
            over or endorsed is not None,
            when,
            COORDINATOR,
        ),
    ]


def _check(joining: Joining) -> Rung:
    known = ""
    if joining.checked_on and joining.police_station:
        known = f"{joining.police_station.name}, {_day(joining.checked_on)}"
    done = joining.is_taken_over or joining.checked_on is not None
    return Rung("check", _("The police station looks at your record"), done, known, COORDINATOR)


def _training(joining: Joining, trained: Qualification | None) -> Rung:
    """Whoever went out before anybody asked is not sent back to school."""
    until = trained.valid_until if trained else None
    known = _("valid until %(day)s") % {"day": _day(until)} if until else ""
    return Rung("training", _("Training"), joining.is_taken_over or trained is not None, known, COORDINATOR)


def _code(joining: Joining) -> Rung:
    done = joining.code_of_conduct_version == CURRENT_CODE
    known = _day(joining.code_signed_at.date()) if done and joining.code_signed_at else ""
    return Rung("code", _("Code of conduct signed"), done, known, YOU)


def _approval(joining: Joining) -> Rung:
    done = joining.status in ONCE_APPROVED
    known = _day(joining.approved_at.date()) if joining.approved_at else ""
    return Rung("approval", _("Approved to go out"), done, known, COORDINATOR)


def _day(on: date) -> str:
    return formats.date_format(on, "SHORT_DATE_FORMAT")


def word_of(member: Membership | UUID) -> str:
    """What a newcomer says in person to whoever answers for them: eight characters that nobody can
    guess, and that name nobody. A member's list of newcomers does not exist."""
    key = member if isinstance(member, UUID) else member.pk
    number = int(blind.tag("voucher", str(key))[:24], 16)
    letters = []
    for _place in range(8):
        number, place = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[place])
    return "".join(letters)


def newcomer_called(word: str, by: Membership) -> Membership | None:
    """The newcomer with this word, among those for whom this member could answer."""
    wanted = "".join(mark for mark in word.upper() if mark.isalnum())
    keys = on_the_way(_reached_by(by)).values_list("pk", flat=True)
    found = next((key for key in keys if word_of(key) == wanted), None)
    return Membership.objects.select_related("organization", "user").get(pk=found) if found else None


def _reached_by(by: Membership) -> QuerySet[Membership]:
    if by.may(Permission.JOINING_FOUND):
        return Membership.objects.filter(organization_id__in=boards_of(by))
    return Membership.objects.filter(organization_id=by.organization_id)


def on_the_way(members: QuerySet[Membership]) -> QuerySet[Membership]:
    """Those of them who patrol, or want to, and are not approved yet."""
    done = Joining.objects.filter(membership_id=OuterRef("pk"), status__in=ONCE_APPROVED)
    roles = Q()
    for role in PATROLLERS:
        roles |= Q(roles__contains=f"|{role.value}|")
    return members.filter(roles, ~Exists(done), left_on=None, user__is_active=True)


def joiners(by: Membership) -> QuerySet[Membership]:
    """Whom this member may lead along: the board's people; for the municipality, the coordinators of
    its district's boards."""
    rows = Membership.objects.select_related("organization", "user")
    if by.may(Permission.JOINING_FOUND):
        coordinators = rows.filter(roles__contains="|coordinator|", left_on=None)
        return coordinators.filter(organization_id__in=boards_of(by))
    if by.may(Permission.JOINING_DECIDE):
        return rows.filter(organization_id=by.organization_id)
    return rows.filter(pk=by.pk)


def half_way(by: Membership) -> QuerySet[Membership]:
    """Who is on the way, with the words given so far, oldest first."""
    words = Count("joining__vouchers", filter=Q(joining__vouchers__withdrawn_at=None))
    rows = on_the_way(joiners(by)).select_related("joining").annotate(words=words)
    return rows.order_by("joined_on", "pk")


def given_by(member: Membership) -> QuerySet[Voucher]:
    """For whom somebody answers who is still on the way."""
    open_ones = Voucher.objects.visible_to(member).filter(by=member, withdrawn_at=None)
    rows = open_ones.exclude(joining__status__in=ONCE_APPROVED)
    return rows.select_related("joining__membership").order_by("given_at")
