"""What an address asks for after its question mark: a day, a week, from where a list goes on. What cannot be
read asks for nothing."""

from datetime import UTC, date, datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from patrols.queries import weeks
from rules.refusals import NotFound


def older(request: HttpRequest, last: datetime, key: UUID | None = None) -> str:
    """The address of the next page, filters kept; with the key of the last row where many share a moment."""
    asked = request.GET.copy()
    asked["before"] = last.isoformat()
    if key is not None:
        asked["past"] = str(key)
    return f"?{asked.urlencode()}"


def parse_week(text: str) -> date | None:
    """Read "2030-W1": the Monday of that week; what is no week narrows nothing."""
    year, _dash, week = text.partition("-W")
    try:
        return weeks.monday_in(int(year), int(week))
    except (ValueError, NotFound):
        return None


def parse_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def parse_moment(text: str) -> datetime | None:
    """Read an instant with its offset; what the calendar cannot hold in UTC is none."""
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):
        return None
