"""Rows around an outing, each in a state from which the operation may be done: attendance and hours, things
lent, notes, promises, points and tracks, swaps, and a district that stays at home."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.roles import Role
from patrols.actions import tracks
from patrols.models import CrewMember, Handover, HandoverItem, Objection, Shift, Signup, Swap
from tests import factories
from tests.contract.patrols import HOUR, on_the_street
from tests.contract.rows import OMIT, put

DAY = timedelta(days=1)
on_patrol, meeting = on_the_street("active"), on_the_street("briefing", started_at=None)


def neighbor(world: Any) -> Any:
    """Somebody else of the board who goes out."""
    board = world.rows["shift"].organization
    return factories.MembershipFactory(organization=board, roles=frozenset({Role.VOLUNTEER}))


def of_another(world: Any) -> None:
    """Somebody else's attendance, on a patrol that the member led and that is being talked over."""
    one, ours = world.rows["crew_member"], world.rows["shift"].organization
    put(one, membership=neighbor(world))
    put(one.patrol, leader=world.member, status="debrief")
    factories.CrewMemberFactory(
        patrol=one.patrol, membership=world.member, attendance="present", organization=ours
    )


def corrected(world: Any) -> dict[str, Any]:
    of_another(world)
    return {"attendance": "present", "reason_code": "phone_failed", "moment": OMIT}


def excused(world: Any) -> dict[str, Any]:
    of_another(world)
    return {"reason_code": "told_us"}


def objected(world: Any) -> dict[str, Any]:
    Objection.objects.filter(crew_member=world.rows["crew_member"]).delete()
    return {"claims": "present", "reason_code": "phone_failed"}


def kept(world: Any) -> None:
    put(world.rows["crew_member"], membership=neighbor(world))


def days(world: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {"from_on": (today - 9 * DAY).isoformat(), "to_on": today.isoformat()}


def walked(world: Any) -> None:
    """Asked for by somebody who walked."""
    other, one = neighbor(world), world.rows["crew_member"]
    put(world.rows["certificate"], membership=other)
    put(one, membership=other, attendance="present", present_since=one.patrol.started_at)


def signed(world: Any) -> None:
    walked(world)
    signature = {"issued_at": timezone.now(), "issued_by": world.member, "code_digest": "0" * 64}
    put(world.rows["certificate"], hours=2, patrols=1, **signature)


def back(world: Any) -> None:
    returned = {"in_at": world.rows["loan"].out_at, "in_by": world.member, "condition": "good"}
    put(world.rows["loan"], **returned)


def lost(world: Any) -> None:
    back(world)
    put(world.rows["equipment"], condition="lost")


def lent(world: Any) -> dict[str, Any]:
    back(world)
    on_patrol(world)
    return {"patrol": str(world.rows["patrol"].pk), "member": OMIT}


def settled(world: Any) -> None:
    done = {"resolved_at": timezone.now(), "resolved_by": world.member}
    put(world.rows["handover_line"], status="resolved", **done)


def three(world: Any) -> dict[str, Any]:
    """Two stay together when one goes home."""
    on_patrol(world)
    patrol = world.rows["patrol"]
    factories.CrewMemberFactory(patrol=patrol, organization=patrol.organization, attendance="present")
    return {"crew_member": OMIT}


def unpromised(world: Any) -> dict[str, Any]:
    meeting(world)
    CrewMember.objects.filter(patrol=world.rows["patrol"]).update(pledged_at=None, pledged_by=None)
    return {"crew_member": OMIT}


def promised(world: Any) -> dict[str, Any]:
    meeting(world)
    crew = CrewMember.objects.filter(patrol=world.rows["patrol"])
    crew.update(pledged_at=timezone.now(), pledged_by=world.member)
    return {"crew_member": OMIT}


def all_promised(world: Any) -> None:
    """And nothing was left for this crew to read."""
    promised(world)
    HandoverItem.objects.all().delete()
    Handover.objects.all().delete()


def tracked(world: Any) -> dict[str, Any]:
    on_patrol(world)
    now = timezone.now()
    tracks.allow(patrol=world.rows["patrol"], by=world.member, at=now)
    point = {"seq": 1, "at": now.isoformat(), "lat": -12.03, "lon": -77.01, "accuracy_m": 8}
    return {"client_now": now.isoformat(), "points": [point]}


def by_hand(world: Any) -> dict[str, Any]:
    on_patrol(world)
    point = str(world.rows["skip"].point_id)
    return {"method": "manual", "reason_code": "no_sheet", "code": OMIT, "point": point} | TOLD_NOW


def standing(world: Any) -> dict[str, Any]:
    on_patrol(world)
    put(world.rows["visit"], left_at=None, dwell_seconds=None, is_within_target=None)
    return {"visit": str(world.rows["visit"].pk), "point": OMIT} | TOLD_NOW


def left_out(world: Any) -> dict[str, Any]:
    on_patrol(world)
    return {"point": str(world.rows["skip"].point_id)} | TOLD_NOW


def put_down(world: Any) -> dict[str, Any]:
    return {"member": str(neighbor(world).pk), "role": OMIT}


def at_home(world: Any) -> dict[str, Any]:
    begins = timezone.now() + 30 * DAY
    return {"starts_at": begins.isoformat(), "ends_at": (begins + 8 * HOUR).isoformat()}


def to_lift(world: Any) -> None:
    here = {"ubigeo": world.member.organization.ubigeo, "organization": world.member.organization}
    put(world.rows["suspension"], ends_at=timezone.now() + DAY, **here)


def handed(world: Any) -> dict[str, Any]:
    Swap.objects.all().delete()
    night = Signup.objects.get(pk=world.rows["signup"].pk).shift_id
    return {"shift": str(night), "member": str(neighbor(world).pk), "wanted": OMIT}


def asked(world: Any) -> None:
    """The member is asked to take the place of a neighbor."""
    swap, other = world.rows["swap"], neighbor(world)
    Shift.objects.filter(pk=swap.shift_id).update(places_taken=1)
    factories.SignupFactory(shift=swap.shift, membership=other, organization=swap.organization)
    put(swap, asked=world.member, asked_by=other)


TOLD_NOW: dict[str, Any] = {
    "device_at": OMIT,
    "client_now": OMIT,
    "lat": OMIT,
    "lon": OMIT,
    "accuracy_m": OMIT,
}
PREPARED: dict[str, Any] = {
    "attendance_correct_create": corrected,
    "attendance_excuse_create": excused,
    "attendance_objection_create": objected,
    "attendance_keep_create": kept,
    "certificates_create": days,
    "certificates_issue_create": walked,
    "certificates_revoke_create": signed,
    "equipment_found_create": lost,
    "equipment_lend_create": lent,
    "equipment_retire_create": back,
    "handover_lines_reopen_create": settled,
    "patrols_leave_create": three,
    "patrols_pledge_create": unpromised,
    "patrols_pledge_take_back_create": promised,
    "patrols_start_create": all_promised,
    "patrols_track_create": tracked,
    "patrols_track_update": on_patrol,
    "patrols_visits_create": by_hand,
    "patrols_visits_leave_create": standing,
    "patrols_visits_skip_create": left_out,
    "shifts_place_create": put_down,
    "suspensions_create": at_home,
    "suspensions_lift_create": to_lift,
    "swaps_create": handed,
    "swaps_accept_create": asked,
    "swaps_decline_create": asked,
}
