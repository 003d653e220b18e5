"""A week in January 2030 (Monday 31 December to Sunday 6 January) and the rows to fill it with."""

from datetime import date, datetime, timedelta

from insights.queries.weeks import Week
from patrols.models import LIMA
from tests.factories import CrewMemberFactory, PatrolFactory, ShiftFactory
from tests.incidents.factories import CategoryFactory, GroupFactory, ReportFactory

MONDAY = date(2029, 12, 31)
WEEK = Week(MONDAY)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = datetime(2030, 1, 7, 9, tzinfo=LIMA)  # the Monday after, at nine


def at(day, hour=20, minute=0):
    """So many days after the Monday, in Lima."""
    return datetime.combine(MONDAY, datetime.min.time(), LIMA) + timedelta(
        days=day, hours=hour, minutes=minute
    )


def night(board, day, **fields):
    """A night that began at eight, for at least two."""
    starts_at = at(day)
    return ShiftFactory(
        organization=board,
        starts_at=starts_at,
        service_date=starts_at.date(),
        **{"status": "closed"} | fields,
    )


def walked(board, day, hours, *members, status="closed", late=timedelta(), **fields):
    """A night its crew walked; the last of the members came `late`."""
    shift = night(board, day, **fields)
    patrol = PatrolFactory(
        organization=board,
        shift=shift,
        status=status,
        started_at=shift.starts_at,
        ended_at=shift.starts_at + hours * HOUR,
        safety_reason="danger" if status == "aborted_for_safety" else "",
    )
    for place, member in enumerate(members):
        since = shift.starts_at + late if place == len(members) - 1 else shift.starts_at
        CrewMemberFactory(
            organization=board, patrol=patrol, membership=member, attendance="present", present_since=since
        )
    return patrol


def missed(board, day, **fields):
    """A night nobody went out for."""
    shift = night(board, day, **fields)
    return PatrolFactory(organization=board, shift=shift, leader=None, status="missed")


def category(code, group="CON", sensitivity=0, severity=3):
    """A type of one group; the first letters of its code are the group's."""
    return CategoryFactory(
        code=code,
        group=GroupFactory(code=group, name_en=f"Group {group}", order=ord(group[0])),
        sensitivity=sensitivity,
        severity=severity,
    )


def reported(desk, day, kind=None, read=None, answered=None, closed=None, **fields):
    """A report that came in at eight; read, answered and closed so many hours later."""
    received_at = at(day)

    def later(hours):
        return None if hours is None else received_at + hours * HOUR

    status = "resolved" if closed is not None else "received" if read is None else "triaged"
    return ReportFactory(
        organization=desk,
        category=kind or category("CON-01"),
        **{
            "received_at": received_at,
            "status": status,
            "triaged_at": later(read),
            "answered_at": later(answered),
            "closed_at": later(closed),
        }
        | fields,
    )
