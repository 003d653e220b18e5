"""What the verbs promise to tell, in their own transaction. The planner derives the same promises
again from the rows, so that a lost one heals."""

from datetime import datetime

from notifications import actions as notifications
from notifications.queries import told as told_of
from patrols import queries
from patrols.models import Joining, Objection, Patrol, Shift, Signup, Suspension
from patrols.queries import attendance, newcomers, promises, shortages

# What was promised about an older plan, and what nobody needs once there is none.
OF_A_PLAN = (
    *(promises.CHANGED, *promises.REMINDERS),
    *(shortages.SHORT, shortages.HELD, shortages.NOT_TONIGHT, shortages.COMPLETE),
)
OF_A_HELD_NIGHT = (*promises.REMINDERS, shortages.SHORT, shortages.HELD, shortages.COMPLETE)


def plan_changed(shift: Shift, at: datetime) -> None:
    """Tell everybody who is in that it is another hour, place or kind of outing."""
    notifications.supersede(kinds=OF_A_PLAN, subject_id=shift.pk)
    notifications.promise(list(promises.of_change(Shift.objects.filter(pk=shift.pk), at)))


def cancelled(shift: Shift, at: datetime) -> None:
    """Tell everybody who is in that it will not take place."""
    notifications.supersede(kinds=(*OF_A_PLAN, promises.OFFERED), subject_id=shift.pk)
    notifications.promise(list(promises.of_cancelling(Shift.objects.filter(pk=shift.pk), at)))


def not_tonight(shift: Shift, at: datetime) -> None:
    """Tell the crew and whoever plans that nobody goes out: people are missing."""
    notifications.supersede(kinds=OF_A_HELD_NIGHT, subject_id=shift.pk)
    notifications.promise(list(shortages.of_held_nights(at, Shift.objects.filter(pk=shift.pk))))


def complete_again(shift: Shift, since: datetime | None, at: datetime) -> None:
    """Tell a crew that was held back since then that it goes out after all: everybody who was told
    otherwise, whatever was missing and whoever came last, and whoever plans."""
    notifications.supersede(kinds=(shortages.NOT_TONIGHT,), subject_id=shift.pk)
    complete = list(shortages.of_complete_crews(at))
    since = since or at
    hear = {one.recipient_id for one in complete if one.subject_id == shift.pk and one.due_at > since}
    told = told_of(subject_id=shift.pk, kinds=(shortages.NOT_TONIGHT,)) - hear
    notifications.promise([*complete, *shortages.of_release(shift, told, at)])


def closed_by_clock(patrol: Patrol, at: datetime) -> None:
    """Ask the crew and whoever plans what became of a patrol that nobody ended."""
    notifications.promise(list(shortages.of_forgotten(at, Patrol.objects.filter(pk=patrol.pk))))


def came_late(patrol: Patrol, at: datetime) -> None:
    """Tell whoever was asked what became of a patrol that its crew has said so after all."""
    asked = told_of(subject_id=patrol.pk, kinds=(shortages.FORGOTTEN,))
    notifications.supersede(kinds=(shortages.FORGOTTEN,), subject_id=patrol.pk)
    notifications.promise([shortages.of_coming_late(patrol, member, at) for member in sorted(asked)])


def place_offered(signup: Signup, at: datetime) -> None:
    """Tell the next in line that a place waits for an answer."""
    notifications.promise(list(promises.of_offer(Signup.objects.filter(pk=signup.pk), at)))


def taken_off(signup: Signup, at: datetime) -> None:
    """Tell somebody whom the coordinator took off: what they heard before is no longer so."""
    notifications.promise([promises.of_taking_off(signup, at)])


def placed(signup: Signup, at: datetime) -> None:
    """Tell somebody that the coordinator put their name down."""
    notifications.promise([promises.of_placing(signup, at)])


def left_late(signup: Signup, at: datetime) -> None:
    """Tell the board's planners that somebody left shortly before: they may still find another."""
    notifications.promise(list(shortages.of_late_leaver(signup, at)))


def suspended(suspension: Suspension, at: datetime) -> None:
    """Tell whoever is in for a night of those hours that nobody goes out."""
    signups = queries.signups_within(suspension, at)
    notifications.promise([promises.of_suspension(signup, suspension, at) for signup in signups])


def lifted(suspension: Suspension, at: datetime) -> None:
    """Tell the same people that their night takes place after all."""
    signups = queries.signups_within(suspension, at)
    notifications.promise([promises.of_lifting(signup, suspension, at) for signup in signups])


def step_taken(joining: Joining, at: datetime) -> None:
    """Tell whoever must act next on a newcomer's way."""
    way = Joining.objects.filter(pk=joining.pk)
    for kind in (*newcomers.TO_DECIDERS, *newcomers.TO_NEWCOMERS):
        notifications.promise(list(newcomers.of_waiting(kind, at, way)))


def approved(joining: Joining, at: datetime) -> None:
    """Tell a newcomer that they may go out."""
    notifications.promise(list(newcomers.of_approved(at, Joining.objects.filter(pk=joining.pk))))


def stands_aside(joining: Joining, at: datetime) -> None:
    """Tell a member that they stay at home."""
    notifications.supersede(kinds=newcomers.OF_A_MEMBER, subject_id=joining.pk)
    notifications.promise(list(newcomers.of_aside(at, Joining.objects.filter(pk=joining.pk))))


def may_go_again(joining: Joining, at: datetime) -> None:
    """Tell a member that they may go out again."""
    notifications.supersede(kinds=newcomers.OF_A_MEMBER, subject_id=joining.pk)
    notifications.promise([newcomers.of_again(joining, at)])


def objected(objection: Objection, at: datetime) -> None:
    """Tell those who may answer that somebody's attendance is said to be wrong."""
    notifications.promise(list(attendance.of_objections(at, Objection.objects.filter(pk=objection.pk))))


def answered(objection: Objection, at: datetime) -> None:
    """Tell whoever said so that somebody looked."""
    notifications.promise(list(attendance.of_answers(at, Objection.objects.filter(pk=objection.pk))))
