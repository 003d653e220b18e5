"""A whole night told by phones that had no signal: who did what, and when."""

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.actors import SystemActor
from patrols.actions import escalation, patrols
from patrols.models import Alarm, CrewMember, LogEntry, Move, Patrol, SafetyCheck, Visit
from tests.phone.conftest import iso

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE
BY_CLOCK = ("miss", "auto_close", "reopen")


@dataclass
class Phone:
    """One member's phone: what it wrote down, in its own order, and what it still has to send."""

    member: object
    shift: object

    def __post_init__(self):
        self.device, self.seq, self.waiting = str(uuid4()), 0, []

    def write(self, kind, minutes, **words):
        """Write something down at a minute of the night, counted from its planned start."""
        self.seq += 1
        self.waiting.append(
            {
                "id": str(uuid4()),
                "kind": kind,
                "schema_version": 1,
                "captured_at": iso(self.shift.starts_at + minutes * MINUTE),
                "device_id": self.device,
                "seq": self.seq,
                "payload": json.dumps({"shift": str(self.shift.pk)} | words),
            }
        )
        return self.waiting[-1]

    def step(self, verb, minutes, **words):
        return self.write("patrol.move", minutes, verb=verb, **words)

    def send(self, at, *envelopes):
        """Send some of it, or all of it; what was not kept waits on. The answers."""
        with time_machine.travel(at, tick=False):
            batch = [one | {"client_now": iso(at)} for one in envelopes or self.waiting]
            client = APIClient()
            client.force_authenticate(self.member.user)
            door = reverse("phone-api:sync", args=[self.member.organization.code])
            response = client.post(door, batch, format="json")
        assert response.status_code == 200, response.content
        answers = response.json()
        kept = {answer["id"] for answer in answers if answer["is_kept"]}
        self.waiting = [one for one in self.waiting if one["id"] not in kept]
        return answers


def tick(at):
    """What the clock does in one turn."""
    patrols.note_missed(by=SystemActor("missed"), at=at)
    patrols.close_forgotten(by=SystemActor("forgotten"), at=at)
    escalation.watch(by=SystemActor("safety"), at=at)


def what_is_known(shift):
    """All that came of a night, in minutes from its planned start; nothing of when we heard of it, nor of
    what the clock wrote in between."""

    def minute(moment):
        return None if moment is None else (moment - shift.starts_at) / MINUTE

    patrol = Patrol.objects.get(shift=shift)
    crew = CrewMember.objects.filter(patrol=patrol).order_by("membership__alias")
    moves = [one for one in Move.objects.filter(patrol=patrol) if one.verb not in BY_CLOCK]
    return {
        "status": patrol.status,
        "by_clock": patrol.is_auto_closed,
        "came_late": patrol.came_late_at is not None,
        "leader": patrol.leader and patrol.leader.alias,
        "hours": [minute(one) for one in (patrol.briefed_at, patrol.started_at, patrol.ended_at)],
        "words": (patrol.summary, patrol.mood, patrol.safety_reason, patrol.override_reason),
        "unpledged": patrol.unpledged,
        "crew": {
            one.membership.alias: (
                one.attendance,
                *(minute(moment) for moment in (one.present_since, one.left_at, one.pledged_at)),
            )
            for one in crew
        },
        "log": sorted(
            (minute(one.captured_at), one.text, one.is_late) for one in LogEntry.objects.filter(patrol=patrol)
        ),
        "checks": sorted((minute(one.happened_at), one.is_late) for one in SafetyCheck.objects.all()),
        "visits": sorted(
            (minute(one.arrived_at), minute(one.left_at), one.is_late) for one in Visit.objects.all()
        ),
        "steps": sorted((minute(one.moment), one.verb, one.by.alias) for one in moves),
        "open_alarms": Alarm.objects.open().count(),
    }
