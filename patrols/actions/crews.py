"""Who is on a patrol whose briefing is open: they come and go with their signups."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from patrols.models import CrewMember, Move, Patrol, Shift, Signup, own_place
from patrols.queries import joining
from patrols.states import HERE, Attendance, OverrideReason, PatrolStatus, SignupStatus
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound

BRIEFING_OPENS = timedelta(minutes=60)
LATE_AFTER = timedelta(minutes=10)  # of the planned start
FEWEST = 2  # nobody goes alone, whatever the reason
ONLY_CREW = _("Only the crew can do this.")


def gather(patrol: Patrol) -> None:
    """Write down everybody who is signed up as expected."""
    confirmed = Signup.objects.filter(shift_id=patrol.shift_id, status=SignupStatus.CONFIRMED)
    CrewMember.objects.bulk_create(
        CrewMember(
            pk=uuid4(),
            organization_id=patrol.organization_id,
            patrol=patrol,
            membership_id=signup.membership_id,
        )
        for signup in confirmed.order_by("signed_up_at", "pk")
    )


def join(shift: Shift, signup: Signup, at: datetime) -> None:
    """Expect somebody who signed up after the briefing opened."""
    if at < shift.starts_at - BRIEFING_OPENS:
        return
    patrol = Patrol.objects.filter(shift_id=shift.pk, status=PatrolStatus.BRIEFING).first()
    if patrol is not None:
        CrewMember.objects.update_or_create(
            patrol=patrol,
            membership_id=signup.membership_id,
            defaults={"attendance": Attendance.EXPECTED},
            create_defaults={"organization_id": patrol.organization_id},
        )


def excuse(shift: Shift, signup: Signup) -> None:
    """No longer expect somebody who withdrew. Whoever is already there cannot withdraw."""
    outing = CrewMember.objects.filter(patrol__shift_id=shift.pk, membership_id=signup.membership_id)
    expected = outing.filter(attendance=Attendance.EXPECTED)
    if expected.update(attendance=Attendance.EXCUSED):
        lead_on(Patrol.objects.get(shift_id=shift.pk))
    elif outing.filter(attendance__in=HERE).exists():
        raise Conflict(_("You are already with the crew."), code="on_patrol")


def lock(patrol: Patrol) -> Patrol:
    """Hold a patrol, and read it as it is now."""
    rows = Patrol.objects.select_for_update(of=("self",)).select_related("shift")
    locked = rows.filter(pk=patrol.pk).first()
    if locked is None:
        raise NotFound
    return locked


def lock_for(patrol: Patrol, by: Membership) -> Patrol:
    """Hold a patrol for somebody of its crew."""
    patrol = lock(patrol)
    by.require(Permission.PATROL_RUN, patrol)
    member_of(patrol, by)
    return patrol


def member_of(patrol: Patrol, by: Membership) -> CrewMember:
    """Find somebody's place in the crew, or refuse: only the crew runs a patrol."""
    member = own_place(by, patrol.pk).first()
    if member is None:
        raise NotAllowed(ONLY_CREW)
    return member


def spoken_for(
    patrol: Patrol, by: Membership, member: Membership | None, *, came_late: bool = False
) -> CrewMember:
    """Find the place in the crew of whom something is said: one's own, or for whoever leads, that of
    somebody without a phone. What comes late may be of an hour when somebody else led."""
    somebody = member or by
    by.require(Permission.PATROL_RUN, somebody)
    leads = by.pk == patrol.leader_id or (came_late and _opened(patrol, by))
    if somebody.pk != by.pk and not leads:
        raise NotAllowed(_("Only the patrol's leader can say that for somebody else."))
    return member_of(patrol, somebody)


def next_leader(patrol: Patrol, among: Sequence[Attendance] = HERE) -> Membership | None:
    """Who leads on when the leader goes home or does not come: whoever came first, then who is to come."""
    crew = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=among).select_related("membership")
    first = crew.order_by(F("present_since").asc(nulls_last=True), "pk").first()
    return first.membership if first else None


def leader_there(patrol: Patrol) -> Membership | None:
    """Who leads a crew that goes out: its leader, or whoever came first where they did not come."""
    here = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE)
    leads = here.filter(membership=patrol.leader).exists()
    return patrol.leader if leads else next_leader(patrol) or patrol.leader


def lead_on(patrol: Patrol) -> None:
    """Let another lead a briefing whose leader is not waited for any more: whoever came first, or is
    expected."""
    gone = CrewMember.objects.filter(
        patrol_id=patrol.pk, membership=patrol.leader, attendance=Attendance.EXCUSED
    )
    if patrol.status != PatrolStatus.BRIEFING or not gone.exists():
        return
    leader = next_leader(patrol, (*HERE, Attendance.EXPECTED))
    if leader is not None:
        led = Patrol.objects.filter(pk=patrol.pk, leader_id=patrol.leader_id)
        led.update(leader_id=leader.pk, version=F("version") + 1)


def _opened(patrol: Patrol, by: Membership) -> bool:
    return Move.objects.filter(patrol_id=patrol.pk, verb="open_briefing", by_id=by.pk).exists()


def check_member(*, is_member: bool) -> None:
    """Refuse whoever is not of the crew."""
    if not is_member:
        raise NotAllowed(ONLY_CREW)


def arrive(member: CrewMember, shift: Shift, at: datetime) -> None:
    """Note that somebody is there: late if ten minutes after the planned start. Whoever went home and
    comes back is there since they first came; when they were away stands in the steps."""
    since = member.present_since or at
    is_late = since >= shift.starts_at + LATE_AFTER
    member.attendance = Attendance.LATE if is_late else Attendance.PRESENT
    member.present_since, member.left_at = since, None
    member.save(update_fields=["attendance", "present_since", "left_at"])


def present(patrol: Patrol) -> int:
    """Count who is there."""
    return CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE).count()


def check_strength(patrol: Patrol, by: Membership, override_reason: str) -> str:
    """Refuse a crew that is too small, or that has newcomers and nobody to lead them. Answers the
    reason for which somebody who may lead takes out fewer than planned, if that is so."""
    if override_reason and override_reason not in OverrideReason.values:
        raise Invalid({"override_reason": _("Choose a reason from the list.")})
    here = CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE)
    members = list(here.values_list("membership_id", flat=True))
    is_short = len(members) < patrol.shift.minimum_crew
    if len(members) < FEWEST or (is_short and not override_reason):
        raise Conflict(_("People are missing: do not go out yet."), code="crew_short")
    night = patrol.shift.service_date
    if is_short and not joining.may_lead(by, patrol.shift):
        raise NotAllowed(_("Only who is trained to lead can take out fewer people."))
    if joining.newcomers_without_a_leader(members, night):
        raise Conflict(_("Somebody is new here and nobody may lead: do not go out yet."), code="no_leader")
    return override_reason if is_short else ""


def note_absent(patrol: Patrol) -> None:
    """Whoever was expected and never came did not come."""
    expected = CrewMember.objects.filter(patrol_id=patrol.pk, attendance=Attendance.EXPECTED)
    expected.update(attendance=Attendance.NO_SHOW)
