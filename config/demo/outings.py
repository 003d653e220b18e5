"""One night on the street, from the briefing to the coordinator's reading."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from accounts.models import Membership
from config.demo import walks
from config.demo.stories import Story
from config.demo.words import CALM, HANDOVERS, NOTES, SUMMARIES, WEATHER
from patrols.actions import attendance, handovers, log, objections, patrols, pledges
from patrols.actions.moves import Stamp
from patrols.models import CrewMember, Objection, Patrol, Shift, Signup
from patrols.queries.handovers import waiting_for
from patrols.states import Attendance, CorrectionReason, LogKind, SafetyReason, SignupStatus
from places.models import PriorityPoint

SAFETY = [SafetyReason.WEATHER, SafetyReason.DANGER, SafetyReason.INJURY]

Step = tuple[datetime, Callable[[datetime], object]]


def crew_of(shift: Shift) -> list[Membership]:
    """Everybody confirmed, a leader first where there is one."""
    confirmed = Signup.objects.filter(shift=shift, status=SignupStatus.CONFIRMED)
    rows = confirmed.select_related("membership__organization", "membership__user")
    members = [signup.membership for signup in rows.order_by("signed_up_at", "pk")]
    return sorted(members, key=lambda member: "patrol_leader" not in member.roles)


def near(point: PriorityPoint, dice: Random, at: datetime) -> Stamp:
    """What a cheap phone says when it stands about there: some metres and seconds off."""
    lat, lon = walks.around(point.lat, point.lon, dice, 45)
    return Stamp(
        device_at=at + timedelta(seconds=dice.randint(-40, 40)),
        lat=lat,
        lon=lon,
        accuracy_m=float(dice.choice([6, 8, 12, 18, 25, 40])),
    )


@dataclass
class Outing:
    """A crew that meets, goes out, notes what it sees and comes home."""

    shift: Shift
    coordinator: Membership
    points: list[PriorityPoint]
    fate: str
    dice: Random
    patrol: Patrol = field(init=False)
    around: Random = field(init=False)  # dice of its own, so that the night itself stays as it is
    here: list[Membership] = field(init=False, default_factory=list)
    late: list[Membership] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.crew = crew_of(self.shift)
        self.around = Random(f"{self.shift.starts_at.isoformat()} {self.shift.meeting_point}")  # noqa: S311  # a demo, not a lock
        self.leader = self.crew[0]
        self.begin = self.shift.starts_at + self._minutes(-4, 12)
        self.end = self.shift.ends_at + self._minutes(-15, 10)
        if self.fate == "aborted":
            self.end = self.begin + (self.end - self.begin) * self.dice.uniform(0.3, 0.7)
        self._choose_who_comes()

    def story(self) -> Story:
        yield from self._meet()
        if self.fate == "rained_off":
            reason = "Llueve fuerte en el punto de encuentro."
            patrols.cancel(patrol=self.patrol, by=self.leader, at=self.begin, reason=reason)
            return
        stamp = near(self.points[0], self.dice, self.begin)
        patrols.start(patrol=self.patrol, by=self.leader, at=self.begin, stamp=stamp)
        walking = Random(f"walk {self.shift.starts_at.isoformat()} {self.shift.meeting_point}")  # noqa: S311  # as above
        walk = walks.steps(self.patrol, self.leader, self.begin, self.end, walking)
        for at, step in sorted([*self._on_the_street(), *walk], key=lambda one: one[0]):
            yield at
            step(at)
        yield self.end
        yield from self._come_home()

    def _choose_who_comes(self) -> None:
        """Always enough to go; of the others some come later and a few do not."""
        least = self.shift.minimum_crew
        self.here = self.crew[:least]
        for member in self.crew[least:]:
            chance = self.dice.random()
            if chance < 0.9:
                (self.here if chance < 0.82 else self.late).append(member)

    def _meet(self) -> Story:
        at = self.begin - self._minutes(12, 20)
        yield at
        self.patrol = patrols.open_briefing(
            shift=self.shift,
            by=self.leader,
            at=at,
            stamp=near(self.points[0], self.dice, at),
            dice=self.dice,
        )
        waits = sorted(self.dice.uniform(0.05, 0.9) for _ in self.here)
        for member, wait in zip(self.here, waits, strict=True):
            arrived_at = at + (self.begin - at) * wait
            yield arrived_at
            stamp = near(self.points[0], self.dice, arrived_at)
            patrols.check_in(patrol=self.patrol, by=member, at=arrived_at, stamp=stamp)
            pledges.give(patrol=self.patrol, by=member, at=arrived_at)
        yield self.begin
        self._take_over()

    def _take_over(self) -> None:
        """Read what the last crews left; some of it is done by now."""
        handovers.acknowledge(patrol=self.patrol, by=self.leader, at=self.begin)
        for line in list(waiting_for(self.patrol)):
            if self.around.random() < 0.3:
                handovers.resolve(item=line, by=self.leader, at=self.begin)

    def _hand_over(self, at: datetime) -> None:
        """Now and then something waits for the next crew."""
        if self.around.random() < 0.3:
            lines = self.around.sample(HANDOVERS, self.around.choice([1, 1, 2]))
            handovers.write(patrol=self.patrol, by=self.leader, at=at, lines=lines)

    def _on_the_street(self) -> Iterator[Step]:
        length = self.end - self.begin
        if len(self.here) > self.shift.minimum_crew and self.dice.random() < 0.12:
            yield self.begin + length * self.dice.uniform(0.5, 0.9), self._go_home(self.here.pop())
        for member in self.late:
            yield self.begin + length * self.dice.uniform(0.05, 0.3), self._arrive_late(member)
        at = self.begin + self._minutes(3, 10)
        yield at, self._write(LogKind.NOTE, self.dice.choice(WEATHER))
        while (at := at + self._minutes(22, 45)) < self.end - self._minutes(4, 8):
            is_calm = self.dice.random() < 0.72
            text = self.dice.choice(CALM if is_calm else NOTES)
            yield at, self._write(LogKind.NOTHING_TO_REPORT if is_calm else LogKind.NOTE, text)
        if self.dice.random() < 0.15 and length > timedelta(hours=2):
            rest_at = self.begin + length * 0.55
            yield rest_at, lambda at: patrols.pause(patrol=self.patrol, by=self.leader, at=at)
            back_at = rest_at + self._minutes(8, 15)
            yield back_at, lambda at: patrols.resume(patrol=self.patrol, by=self.leader, at=at)

    def _arrive_late(self, member: Membership) -> Callable[[datetime], object]:
        def step(at: datetime) -> None:
            patrols.check_in(patrol=self.patrol, by=member, at=at)
            pledges.give(patrol=self.patrol, by=member, at=at)

        return step

    def _go_home(self, member: Membership) -> Callable[[datetime], object]:
        return lambda at: attendance.leave(patrol=self.patrol, by=member, at=at)

    def _write(self, kind: LogKind, text: str) -> Callable[[datetime], object]:
        """A line by somebody who is there. Without signal it arrives some minutes later."""
        author, point = self.dice.choice(self.here), self.dice.choice(self.points)
        seen = self._minutes(2, 9) if self.dice.random() < 0.12 else timedelta()

        def step(at: datetime) -> None:
            place = near(point, self.dice, at - seen)
            log.add_entry(
                patrol=self.patrol, by=author, at=at, kind=kind, text=text, captured_at=at - seen, place=place
            )

        return step

    def _come_home(self) -> Story:
        stamp = near(self.points[0], self.dice, self.end)
        if self.fate == "aborted":
            reason = self.dice.choice(SAFETY)
            patrols.abort_for_safety(
                patrol=self.patrol, by=self.leader, at=self.end, reason_code=reason, stamp=stamp
            )
        else:
            patrols.finish(patrol=self.patrol, by=self.leader, at=self.end, stamp=stamp)
            closed_at = self.end + self._minutes(5, 14)
            yield closed_at
            self._hand_over(closed_at)
            summary, mood = self.dice.choice(SUMMARIES), self.dice.choice([3, 4, 4, 4, 5, 5])
            patrols.close(patrol=self.patrol, by=self.leader, at=closed_at, summary=summary, mood=mood)
        yield from self._say_otherwise()
        if self.dice.random() < 0.92:
            read_at = self.end + timedelta(hours=self.dice.uniform(9, 60))
            yield read_at
            self._put_right(read_at)
            note = self.dice.choice(
                ["", "", "", "Gracias a todos.", "Aviso a la municipalidad por el alumbrado."]
            )
            patrols.review(patrol=self.patrol, by=self.coordinator, at=read_at, note=note)

    def _say_otherwise(self) -> Story:
        """Some of those who did not come, by the record, say that they were there."""
        absent = CrewMember.objects.filter(patrol=self.patrol, attendance=Attendance.NO_SHOW)
        for one in absent.select_related("membership__organization", "patrol").order_by("membership__alias"):
            if self.dice.random() < 0.3:
                at = self.end + timedelta(hours=self.dice.uniform(1, 8))
                yield at
                objections.object_to(
                    crew_member=one,
                    by=one.membership,
                    at=at,
                    claims=Attendance.PRESENT,
                    reason_code=CorrectionReason.PHONE_FAILED,
                )

    def _put_right(self, at: datetime) -> None:
        """The coordinator asked the crew: most of them were there."""
        said_otherwise = Objection.objects.filter(patrol=self.patrol).order_by("at")
        for said in said_otherwise.select_related("crew_member__patrol", "patrol"):
            if self.dice.random() < 0.8:
                attendance.correct(
                    crew_member=said.crew_member,
                    by=self.coordinator,
                    at=at,
                    attendance=said.claims,
                    reason_code=CorrectionReason.SEEN_BY_CREW,
                )
            else:
                objections.keep(objection=said, by=self.coordinator, at=at)

    def _minutes(self, least: int, most: int) -> timedelta:
        return timedelta(minutes=self.dice.randint(least, most))
