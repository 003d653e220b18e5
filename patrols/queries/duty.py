"""Who answers tonight. What is said here decides whom somebody in danger calls: it is never guessed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from accounts.models import Membership, OrganizationKind
from accounts.roles import Permission
from patrols.models import DutyTurn
from patrols.models.duty import DutyTurnQuerySet


@dataclass(frozen=True)
class Answering:
    """Who of the desk answers, by alias, and until when somebody does without a gap."""

    aliases: list[str]
    until: datetime


def turns_of(ubigeo: str) -> DutyTurnQuerySet:
    """The standing turns of a district's desk, of people who may still answer."""
    able = Membership.objects.filter(
        organization__kind=OrganizationKind.MUNICIPALITY, organization__ubigeo=ubigeo
    ).with_permission(Permission.DUTY_PLAN)
    turns: DutyTurnQuerySet = DutyTurn.objects.standing().filter(member__in=able)
    return turns


def on_duty(ubigeo: str, at: datetime) -> QuerySet[Membership]:
    """Who is on duty at this moment."""
    turns = turns_of(ubigeo).filter(starts_at__lte=at, ends_at__gt=at)
    return Membership.objects.filter(pk__in=turns.values("member_id"))


def who_answers(ubigeo: str, at: datetime, until: datetime | None = None) -> Answering | None:
    """Who answers at this moment, and how long somebody does: to `until` at most, for whoever goes
    out for an evening and must know when nobody looks any more. None: nobody."""
    last = at if until is None else until
    touching = turns_of(ubigeo).filter(starts_at__lte=last, ends_at__gt=at)
    rows = list(touching.select_related("member").order_by("starts_at", "pk"))
    aliases = sorted({turn.member.alias for turn in rows if turn.starts_at <= at})
    if not aliases:
        return None
    covered = at
    for turn in rows:
        if turn.starts_at <= covered:
            covered = max(covered, turn.ends_at)
    return Answering(aliases, covered)


def roster(member: Membership, since: datetime, until: datetime) -> list[DutyTurn]:
    """The turns of one's own desk in these hours, in order."""
    rows = DutyTurn.objects.visible_to(member).standing().between(since, until)
    return list(rows.select_related("member").order_by("starts_at", "pk"))


def colleagues(member: Membership) -> QuerySet[Membership]:
    """Who of one's own desk may be put on duty."""
    desk = Membership.objects.filter(organization_id=member.organization_id)
    return desk.with_permission(Permission.DUTY_PLAN).order_by("alias")
