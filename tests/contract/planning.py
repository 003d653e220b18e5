"""Series, proposed months, appointments and newcomers, each in a state from which it may be done."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from patrols.models import Joining
from patrols.queries import ways
from patrols.states import CURRENT_CODE
from tests import factories
from tests.contract.rows import OMIT, put

FRIDAY = 4


def a_friday(after: int = 1) -> str:
    """The day of a coming night of the world's series, which goes out on Fridays."""
    day = timezone.localdate() + timedelta(days=after)
    return (day + timedelta(days=(FRIDAY - day.weekday()) % 7)).isoformat()


def plan(world: Any) -> dict[str, Any]:
    return {
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "timezone": "America/Lima",
        "starts_on": a_friday(),
        "ends_on": OMIT,
        "starts_time": "20:00",
        "ends_time": "23:00",
        "sector": str(world.rows["sector"].pk),
        "meeting_point": "Parque",
        "capacity": 8,
        "minimum_crew": 2,
        "weeks_ahead": 4,
    }


def a_night(world: Any) -> dict[str, Any]:
    return {"occurrence_on": a_friday()}


def from_a_night(world: Any) -> dict[str, Any]:
    return plan(world) | {"occurrence_on": a_friday(after=14)}


def on_the_calendar(world: Any) -> dict[str, Any]:
    """A night that is there already, and that the rule may not make any more."""
    series, starts_at = world.rows["series"], timezone.now() + timedelta(days=2)
    factories.ShiftFactory(
        organization=series.organization,
        series=series,
        occurrence_on=starts_at.date(),
        service_date=starts_at.date(),
        starts_at=starts_at,
    )
    return {"occurrence_on": starts_at.date().isoformat()}


def wish(world: Any) -> dict[str, Any]:
    following = (timezone.localdate().replace(day=1) + timedelta(days=62)).replace(day=1)
    return {
        "month": following.isoformat(),
        "per_week": 2,
        "windows": [{"days": list(range(7)), "from": "18:00", "until": "23:30"}],
        "duration_minutes": 120,
        "sectors": [str(world.rows["sector"].pk)],
        "capacity": 6,
        "minimum_crew": 2,
        "meeting_point": "Parque",
    }


def open_proposal(world: Any) -> None:
    night = world.rows["proposed_night"].shift
    put(world.rows["proposal"], status="open", month=night.service_date.replace(day=1), duration_minutes=120)


def published(world: Any) -> None:
    put(world.rows["proposal"], status="published", published_at=timezone.now())
    put(world.rows["proposed_night"].shift, status="open")


def appointment(world: Any) -> dict[str, Any]:
    return {"kind": "board", "name": "Junta nueva", "full_name": "Rosa Quispe", "phone": "987654321"}


def own_appointment(world: Any) -> None:
    put(world.rows["appointment"], proposed_by=world.member)


def signature(world: Any) -> dict[str, Any]:
    return {"version": CURRENT_CODE}


def word(world: Any) -> dict[str, Any]:
    """Of a newcomer for whom the member has not answered yet."""
    return {"word": ways.word_of(world.rows["newcomer"])}


def check(world: Any) -> dict[str, Any]:
    """Of somebody for whom all have answered."""
    climbed(world)
    station = factories.PoliceStationFactory(district__ubigeo=world.member.ubigeo)
    return {"police_station": str(station.pk), "checked_on": timezone.localdate().isoformat()}


def climbed(world: Any) -> None:
    """Nothing is missing but the approval."""
    newcomer, now = world.rows["newcomer"], timezone.now()
    another = factories.MembershipFactory(organization=newcomer.organization)
    station = factories.PoliceStationFactory(district__ubigeo=newcomer.ubigeo)
    Joining.objects.filter(membership=newcomer).update(
        status="checked",
        is_taken_over=False,
        endorsed_by=another,
        endorsed_at=now,
        of_age_on=now.date(),
        police_station=station,
        checked_on=timezone.localdate(),
        check_recorded_by=another,
        code_of_conduct_version=CURRENT_CODE,
        code_signed_at=now,
    )


def today(world: Any) -> dict[str, Any]:
    return {"of_age_on": timezone.localdate().isoformat()}


def training(world: Any) -> dict[str, Any]:
    return {"kind": "radio", "valid_from": timezone.localdate().isoformat(), "valid_until": OMIT}


def another_coordinator_leads(world: Any) -> dict[str, Any]:
    """Nobody endorses whom they answered for as a neighbor."""
    world.rows["voucher"].delete()
    return today(world)


PREPARED: dict[str, Any] = {
    "series_create": plan,
    "series_preview_create": plan,
    "series_partial_update": plan,
    "series_change_from_create": from_a_night,
    "series_skip_create": a_night,
    "series_restore_create": a_night,
    "series_keep_create": on_the_calendar,
    "proposals_create": wish,
    "proposals_publish_create": open_proposal,
    "proposals_take_back_create": published,
    "proposed_nights_redraw_create": open_proposal,
    "proposed_nights_drop_create": open_proposal,
    "appointments_create": appointment,
    "appointments_take_back_create": own_appointment,
    "joining_sign_create": signature,
    "vouchers_create": word,
    "newcomers_endorse_create": another_coordinator_leads,
    "newcomers_check_create": check,
    "newcomers_training_create": training,
    "newcomers_approve_create": climbed,
}
