"""The sheet of a session: whom it expects, who may take part, and what was marked."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, FilteredRelation, Q

from programs.models import Enrollment, Session
from programs.queries.consents import Clearance, clearance, with_clearance
from programs.states import TAKES_PART


@dataclass(frozen=True)
class Line:
    """One person on a sheet. Nobody marks somebody whose consent is missing."""

    enrollment: Enrollment
    is_cleared: bool
    is_minor: bool
    state: str

    @property
    def is_marked(self) -> bool:
        return self.state != ""


def lines_of(session: Session) -> list[Line]:
    """Everybody who had a seat by then, in one query. Whoever left meanwhile is not expected."""
    mark = FilteredRelation("attendance", condition=Q(attendance__session_id=session.pk))
    seated: Any = Enrollment.objects.filter(
        cohort_id=session.cohort_id, status__in=TAKES_PART, enrolled_at__lt=session.ends_at
    )
    rows = with_clearance(seated, session.day).annotate(mark=mark, state=F("mark__state"))
    return [_line(row, session) for row in rows.order_by("participant__initials", "pk")]


def unmarked(lines: list[Line]) -> int:
    """How many of those who may take part have no mark yet."""
    return sum(line.is_cleared and not line.is_marked for line in lines)


def _line(row: Any, session: Session) -> Line:
    cleared = clearance(row, session.day)
    return Line(
        enrollment=row,
        is_cleared=cleared != Clearance.MISSING,
        is_minor=cleared != Clearance.NOT_NEEDED,
        state=row.state or "",
    )
