"""Who is on a patrol whose briefing is open: they come and go with their signups."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from patrols.models import CrewMember, Patrol, Shift, Signup, own_place
from patrols.states import HERE, Attendance, PatrolStatus, SignupStatus
from rules.refusals import Conflict, NotAllowed

BRIEFING_OPENS = timedelta(minutes=60)
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
    if not expected.update(attendance=Attendance.EXCUSED) and outing.filter(attendance__in=HERE).exists():
        raise Conflict(_("You are already with the crew."), code="on_patrol")


def member_of(patrol: Patrol, by: Membership) -> CrewMember:
    """Find somebody's place in the crew, or refuse: only the crew runs a patrol."""
    member = own_place(by, patrol.pk).first()
    if member is None:
        raise NotAllowed(ONLY_CREW)
    return member


def check_member(*, is_member: bool) -> None:
    """Refuse whoever is not of the crew."""
    if not is_member:
        raise NotAllowed(ONLY_CREW)


def arrive(member: CrewMember, at: datetime, *, late: bool) -> None:
    """Note that somebody is there."""
    member.attendance = Attendance.LATE if late else Attendance.PRESENT
    member.present_since = at
    member.save(update_fields=["attendance", "present_since"])


def present(patrol: Patrol) -> int:
    """Count who is there."""
    return CrewMember.objects.filter(patrol_id=patrol.pk, attendance__in=HERE).count()


def note_absent(patrol: Patrol) -> None:
    """Whoever was expected and never came did not come."""
    expected = CrewMember.objects.filter(patrol_id=patrol.pk, attendance=Attendance.EXPECTED)
    expected.update(attendance=Attendance.NO_SHOW)
