"""Who on the way to a first patrol waits for whom: what whoever must act next is told, once each.

Nobody is asked through Ronda to answer for somebody: a newcomer asks in person (docs/decisions/0022).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Membership
from accounts.roles import Permission, Role
from notifications.kinds import Wanted
from patrols.models import Joining, Qualification, Voucher
from patrols.queries.joining import is_for_patrols, is_signed
from patrols.queries.promises import HEALED_FOR, moment
from patrols.states import VOUCHERS_NEEDED, JoiningStatus

# To whoever leads newcomers along, and to the newcomer.
WORD, CHECK, READY = "newcomer_word", "newcomer_check", "newcomer_ready"
CODE, TRAINING = "code_to_sign", "training_missing"
APPROVED, ASIDE, AGAIN = "may_go_out", "stands_aside", "may_go_again"
TO_DECIDERS = (WORD, CHECK, READY)
TO_NEWCOMERS = (CODE, TRAINING)
OF_A_MEMBER = (APPROVED, ASIDE, AGAIN)
GOOD_FOR = timedelta(days=7)
CHECK_COUNTS_FOR = timedelta(days=730)
VOUCHED = (JoiningStatus.VOUCHED, JoiningStatus.CHECKED)


def waiting(kind: str, today: date, joinings: QuerySet[Joining] | None = None) -> QuerySet[Joining]:
    """The ways on which this is what somebody must do next, each with its `second_word_at`."""
    rows = Joining.objects.all() if joinings is None else joinings
    rows = rows.filter(membership__left_on=None, membership__user__is_active=True)
    rows = rows.annotate(second_word_at=_second_word()).select_related("membership")
    if kind == WORD:
        return rows.filter(status=JoiningStatus.INVITED, endorsed_by=None, second_word_at__isnull=False)
    if kind == CHECK:
        return rows.filter(status=JoiningStatus.VOUCHED)
    if kind == CODE:
        return rows.filter(~is_signed(), status__in=VOUCHED)
    if kind == TRAINING:
        return rows.filter(~_trained(today), status__in=VOUCHED)
    fresh = {"checked_on__gte": today - CHECK_COUNTS_FOR, "of_age_on__lte": today}
    return rows.filter(is_signed(), _trained(today), status=JoiningStatus.CHECKED, **fresh)


def of_waiting(kind: str, now: datetime, joinings: QuerySet[Joining] | None = None) -> Iterator[Wanted]:
    """Whoever must act next, on each of these ways."""
    rows = list(waiting(kind, timezone.localdate(now), joinings))
    deciders = deciders_of(rows) if kind in TO_DECIDERS else {}
    for joining in rows:
        since = _since(kind, joining, now)
        occasion = f"{kind}:{joining.pk}" if kind == READY else f"{kind}:{joining.pk}:{moment(since)}"
        for member in deciders.get(joining.pk, [joining.membership] if kind in TO_NEWCOMERS else []):
            yield _to(kind, member, joining, occasion, since)


def of_approved(now: datetime, joinings: QuerySet[Joining]) -> Iterator[Wanted]:
    """They may go out: to whoever was approved in the last day."""
    lately = joinings.filter(status=JoiningStatus.APPROVED, approved_at__gt=now - HEALED_FOR)
    for joining in lately.filter(is_taken_over=False).select_related("membership"):
        since = joining.approved_at or now
        yield _to(APPROVED, joining.membership, joining, f"{APPROVED}:{joining.pk}", since)


def of_aside(now: datetime, joinings: QuerySet[Joining]) -> Iterator[Wanted]:
    """They stay at home: to whoever was suspended in the last day."""
    lately = joinings.filter(status=JoiningStatus.SUSPENDED, suspended_at__gt=now - HEALED_FOR)
    for joining in lately.select_related("membership"):
        since = joining.suspended_at or now
        yield _to(ASIDE, joining.membership, joining, f"{ASIDE}:{joining.pk}:{moment(since)}", since)


def of_again(joining: Joining, at: datetime) -> Wanted:
    """They may go out again: only the verb knows since when."""
    return _to(AGAIN, joining.membership, joining, f"{AGAIN}:{joining.pk}:{moment(at)}", at)


def deciders_of(joinings: Iterable[Joining]) -> dict[UUID, list[Membership]]:
    """Who may do the next step of each: the other coordinators of the board; for a coordinator without
    any, the municipality. Whoever answers as a neighbor leaves the coordinator's word to another."""
    rows = list(joinings)
    boards = _able(Permission.JOINING_DECIDE, organization_id__in={row.organization_id for row in rows})
    ours: dict[UUID, list[Membership]] = defaultdict(list)
    for member in boards:
        ours[member.organization_id].append(member)
    neighbors = _neighbors(rows)
    found: dict[UUID, list[Membership]] = {}
    for row in rows:
        others = [one for one in ours[row.organization_id] if one.pk != row.membership_id]
        if row.endorsed_by_id is None:
            others = [one for one in others if one.pk not in neighbors[row.pk]]
        found[row.pk] = others
    alone = [row for row in rows if not found[row.pk] and Role.COORDINATOR in row.membership.roles]
    return found | (_founders(alone) if alone else {})


def _founders(rows: list[Joining]) -> dict[UUID, list[Membership]]:
    """The municipality's people, for these coordinators."""
    districts = {row.pk: row.membership.ubigeo for row in rows}
    able = _able(Permission.JOINING_FOUND, organization__ubigeo__in=set(districts.values()))
    found: dict[str, list[Membership]] = defaultdict(list)
    for member in able:
        found[member.ubigeo].append(member)
    return {pk: found[ubigeo] for pk, ubigeo in districts.items()}


def _able(permission: Permission, **where: object) -> QuerySet[Membership]:
    members: QuerySet[Membership] = Membership.objects.filter(**where).with_permission(permission)
    return members.select_related("organization").order_by("pk")


def _neighbors(rows: list[Joining]) -> dict[UUID, set[UUID]]:
    given = Voucher.objects.standing().filter(joining__in=[row.pk for row in rows])
    neighbors: dict[UUID, set[UUID]] = defaultdict(set)
    for joining, member in given.values_list("joining_id", "by_id"):
        neighbors[joining].add(member)
    return neighbors


def _second_word() -> Subquery:
    """When the last of the words came that were needed; nothing while one is missing."""
    given = Voucher.objects.standing().filter(joining_id=OuterRef("pk"))
    others = given.exclude(by_id=F("joining__endorsed_by_id"), joining__endorsed_by__isnull=False)
    last = VOUCHERS_NEEDED - 1
    return Subquery(others.order_by("given_at", "pk").values("given_at")[last:VOUCHERS_NEEDED])


def _trained(today: date) -> Exists:
    trained = Qualification.objects.valid_on(today).filter(is_for_patrols())
    return Exists(trained.filter(membership_id=OuterRef("membership_id")))


def _since(kind: str, joining: Joining, now: datetime) -> datetime:
    """Since when it waits: what was taken back and said again is a new occasion. Of the day on which
    nothing more is missing the rows keep no moment."""
    words = (joining.endorsed_at, joining.second_word_at)  # type: ignore[attr-defined]
    return now if kind == READY else max(filter(None, words), default=now)


def _to(kind: str, member: Membership, joining: Joining, occasion: str, since: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=member.organization_id,
        recipient_id=member.pk,
        subject_id=joining.pk,
        subject_version=joining.version,
        occasion=occasion,
        due_at=since,
        expires_at=since + GOOD_FOR,
    )
