"""Rows of `patrols`, each in a state from which the operation may be done."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import pins
from accounts.actions.invitations import secret_hash
from patrols.models import CrewMember, Patrol, Shift, Signup
from tests import factories
from tests.contract.rows import OMIT, put
from tests.patrols.factories_safety import AlarmStepFactory

HOUR = timedelta(hours=1)
PIN, SECRET = "280419", "a-phone-of-the-contract"


def plan(world: Any) -> dict[str, Any]:
    starts_at = timezone.now() + 30 * HOUR
    return {
        "sector": str(world.rows["sector"].pk),
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + 3 * HOUR).isoformat(),
        "capacity": 8,
        "minimum_crew": 2,
    }


def change(world: Any) -> dict[str, Any]:
    return plan(world)


def draft(world: Any) -> None:
    free(world)
    put(world.rows["shift"], status="draft")


def closed(world: Any) -> None:
    put(world.rows["shift"], status="closed")


def free(world: Any) -> None:
    """The member has not signed up."""
    Signup.objects.filter(pk=world.rows["signup"].pk).delete()
    put(world.rows["shift"], places_taken=0)


def soon(world: Any) -> None:
    put(world.rows["shift"], starts_at=timezone.now() + HOUR / 2)


def offered(world: Any) -> None:
    put(world.rows["shift"], places_offered=1)
    put(
        world.rows["signup"],
        status="offered",
        confirmed_at=None,
        offer_expires_at=timezone.now() + HOUR,
        waiting_since=None,
    )


def on_the_street(status: str, **fields: Any) -> Any:
    """The member's patrol in this state, with a second person present."""

    def prepare(world: Any) -> None:
        now, patrol = timezone.now(), world.rows["patrol"]
        moments = {"started_at": now - HOUR, "ended_at": None, "briefed_at": now - 2 * HOUR}
        put(patrol, **{"status": status, "leader": world.member} | moments | fields)
        Shift.objects.filter(pk=patrol.shift_id).update(starts_at=now - HOUR, ends_at=now + HOUR)
        factories.CrewMemberFactory(organization=patrol.organization, patrol=patrol)
        CrewMember.objects.filter(patrol=patrol).update(attendance="present", present_since=now - HOUR)

    return prepare


def log(world: Any) -> dict[str, Any]:
    on_the_street("active")(world)
    return {"captured_at": timezone.now().isoformat(), "kind": "nothing_to_report"}


def read_by_another(world: Any) -> None:
    """Somebody else's outing: nobody reads their own."""
    CrewMember.objects.filter(patrol=world.rows["patrol"]).exclude(pk=None).delete()
    Patrol.objects.filter(pk=world.rows["patrol"].pk).update(status="closed")


def tomorrow(world: Any) -> dict[str, Any]:
    return {"on": (timezone.localdate() + timedelta(days=1)).isoformat()}


def companion(world: Any) -> dict[str, Any]:
    return {"shift": str(world.rows["shift"].pk), "unit": "Comisaría Zárate"}


def of_the_police(world: Any) -> None:
    """Whose answer the coordinator writes down."""
    put(world.rows["companion"], kind="pnp")


def asked(world: Any) -> dict[str, Any]:
    """A neighbor who could come, for a night that lacks people."""
    return {"shift": str(world.rows["shift"].pk), "members": [str(world.rows["member"].pk)]}


def turn(world: Any) -> dict[str, Any]:
    """Tomorrow's watch of whoever asks, who is on no other then."""
    starts_at = timezone.now() + 24 * HOUR
    hours = {"starts_at": starts_at.isoformat(), "ends_at": (starts_at + 8 * HOUR).isoformat()}
    return {"member": str(world.member.pk)} | hours


def said(world: Any) -> dict[str, Any]:
    on_the_street("active")(world)
    return {"kind": "well", "until": OMIT}


def own_alarm(world: Any) -> None:
    """An alarm of the member's own crew, of which the member was told."""
    on_the_street("active")(world)
    alarm = world.rows["alarm"]
    put(alarm, patrol=world.rows["patrol"])
    AlarmStepFactory(organization=alarm.organization, alarm=alarm, member=world.member)


def takes_back(world: Any) -> dict[str, Any]:
    """With the member's phone and its PIN."""
    own_alarm(world)
    phone = world.rows["device"]
    put(phone, secret_hash=secret_hash(SECRET), pin_hash=pins.hashed(PIN, phone.pk))
    return {"pin": PIN}


def closes(world: Any) -> dict[str, Any]:
    return {"reason": "help_came"}


briefing = on_the_street("briefing", started_at=None)
PREPARED: dict[str, Any] = {
    "availability_day_update": tomorrow,
    "companions_create": companion,
    "duty_create": turn,
    "companions_confirm_create": of_the_police,
    "companions_decline_create": of_the_police,
    "requests_ask_create": asked,
    "shifts_create": plan,
    "shifts_partial_update": change,
    "shifts_publish_create": draft,
    "shifts_reopen_create": closed,
    "shifts_signups_create": free,
    "shifts_open_briefing_create": soon,
    "signups_accept_create": offered,
    "signups_decline_create": offered,
    "patrols_check_in_create": briefing,
    "patrols_cancel_create": briefing,
    "patrols_pause_create": on_the_street("active"),
    "patrols_finish_create": on_the_street("active"),
    "patrols_abort_for_safety_create": on_the_street("active"),
    "patrols_resume_create": on_the_street("paused"),
    "patrols_close_create": on_the_street("debrief", ended_at=timezone.now()),
    "patrols_log_create": log,
    "patrols_checks_create": said,
    "patrols_sos_create": on_the_street("active"),
    "alarms_seen_create": own_alarm,
    "alarms_retract_create": takes_back,
    "alarms_resolve_create": closes,
    "patrols_review_create": read_by_another,
}
