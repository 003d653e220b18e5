"""A night on the street with everybody who may hear of it."""

from datetime import timedelta

from accounts.actors import SystemActor
from accounts.roles import Role
from patrols.actions import escalation
from patrols.models import Alarm, AlarmStep
from tests.factories import MembershipFactory
from tests.patrols.factories_safety import DutyTurnFactory

CLOCK = SystemActor("safety")
MINUTE = timedelta(minutes=1)


class Night:
    """An active patrol, its clock in minutes since it went out, and who can be told."""

    def __init__(self, patrol, crew, coordinator, watcher, chief):
        self.patrol, self.crew, self.coordinator = patrol, crew, coordinator
        self.watcher, self.chief = watcher, chief
        self.leader, self.mate = crew[0], crew[1]
        self.began_at = patrol.started_at or patrol.shift.starts_at

    def at(self, minutes):
        return self.began_at + MINUTE * minutes

    def tick(self, minutes):
        escalation.watch(by=CLOCK, at=self.at(minutes))

    def told(self):
        """Who was told, by their part, in order."""
        parts = {
            self.leader.pk: "leader",
            self.mate.pk: "mate",
            self.coordinator.pk: "coordinator",
            self.watcher.pk: "desk",
            self.chief.pk: "chief",
        }
        steps = AlarmStep.objects.order_by("told_at", "pk").values_list("member_id", flat=True)
        return sorted((parts[pk] for pk in steps), key=list(parts.values()).index)

    @property
    def alarm(self):
        return Alarm.objects.get()


def night_of(patrol, crew, coordinator, reviewer):
    chief = MembershipFactory(organization=reviewer.organization, roles={Role.SECURITY_CHIEF})
    began_at = patrol.shift.starts_at
    DutyTurnFactory(
        organization=reviewer.organization,
        member=reviewer,
        starts_at=began_at - 60 * MINUTE,
        ends_at=began_at + 420 * MINUTE,
    )
    return Night(patrol, crew, coordinator, reviewer, chief)
