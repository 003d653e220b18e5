"""Twelve weeks of reports: seen at some corner at some hour, sent, read, followed up and answered."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from math import cos, radians
from random import Random
from uuid import UUID, uuid4

from accounts.models import Membership
from config.demo import drawings, nights, sightings
from config.demo.nights import LIMA
from config.demo.people import Society
from config.demo.sightings import Sighting
from config.demo.stories import Chronicle, Story
from config.demo.walks import METERS_PER_DEGREE
from incidents.actions import desk, photos, reports
from incidents.actions.seen import Place, Seen, Toggles
from incidents.models import Report
from incidents.states import URGENT, Confidentiality
from patrols.models import Patrol
from patrols.states import HERE
from rules.refusals import Refusal

A_WEEK = 50
WEEKEND = {4: 1.5, 5: 1.8, 6: 1.3}
PHOTOGRAPHED = ("ENT", "TRA", "PAT-08")
MOST_PHOTOS = 16
REMEMBERED = timedelta(weeks=5)  # of older reports only the main steps are told


@dataclass
class Work:
    """What the reports share: who sends and who answers them, and what was sent before."""

    society: Society
    recent_from: datetime
    earlier: dict[tuple[str, object], UUID] = field(default_factory=dict)
    photos: int = 0

    def may_photograph(self, at: datetime) -> bool:
        """Of late reports some have photos: each is drawn again by a process of its own."""
        return at > self.recent_from and self.photos < MOST_PHOTOS

    @property
    def patrollers(self) -> list[Membership]:
        """Everybody who may report. Whom a visitor of the demo plays does so more often than most."""
        played = self.society.boards[0].volunteers[1]
        return [member for board in self.society.boards for member in board.volunteers] + [played] * 3


def add(chronicle: Chronicle, society: Society, *, today: date) -> None:
    """Put every report on the agenda."""
    recent_from = datetime.combine(today, time(), LIMA) - REMEMBERED
    dice, work = chronicle.dice("reports"), Work(society, recent_from)
    days = [today - timedelta(days=number + 1) for number in range(7 * nights.WEEKS_BEHIND)]
    weights = [WEEKEND.get(day.weekday(), 1) for day in days]
    weigh = [sighting.weight for sighting in sightings.SIGHTINGS]
    for number, day in enumerate(sorted(dice.choices(days, weights, k=A_WEEK * nights.WEEKS_BEHIND))):
        (sighting,) = dice.choices(sightings.SIGHTINGS, weigh)
        (hour,) = dice.choices(range(24), sighting.hours)
        at = datetime.combine(day, time(hour, dice.randint(0, 59), dice.randint(0, 59)), LIMA)
        chronicle.add(f"report:{number}", partial(_story, work, sighting, at))


def _story(work: Work, sighting: Sighting, seen_at: datetime, dice: Random) -> Story:
    """One report, from what was seen to its end."""
    at = seen_at + timedelta(minutes=1 + dice.expovariate(0.15))
    if dice.random() < 0.08:  # no signal up there
        at += timedelta(hours=dice.uniform(1, 9))
    yield at
    by, corner = dice.choice(work.patrollers), _corner(sighting, dice)
    report = _file(sighting, corner, by, seen_at, at, dice)
    if sighting.code.startswith(PHOTOGRAPHED) and dice.random() < 0.2 and work.may_photograph(at):
        work.photos += 1
        raw = drawings.street(dice, is_night=not 6 <= seen_at.hour < 18)
        photos.attach(report=report, by=by, at=at, photo_id=uuid4(), raw=raw)
    key = (sighting.code, corner)
    earlier, work.earlier[key] = work.earlier.get(key), report.pk
    is_recent = at > work.recent_from
    case = Case(work.society, report, by, earlier if dice.random() < 0.2 else None, dice, is_recent)
    yield from case.story(at)


def _corner(sighting: Sighting, dice: Random) -> tuple[float, float, int, int] | None:
    """Where it clusters; one time in five anywhere."""
    known = [corner for name in sighting.corners for corner in sightings.CORNERS[name]]
    if not known or dice.random() < 0.2:
        return None
    return dice.choices(known, [corner[2] for corner in known])[0]


def _file(
    sighting: Sighting,
    corner: tuple[float, float, int, int] | None,
    by: Membership,
    seen_at: datetime,
    at: datetime,
    dice: Random,
) -> Report:
    is_named = dice.random() < 0.18
    toggles = {name: dice.random() < 0.33 for name in sighting.toggles}
    seen = Seen(
        occurred_at=seen_at,
        text=dice.choice(sighting.texts),
        behavior=dice.choice(sighting.behaviors) if sighting.behaviors else "",
        toggles=Toggles(**toggles),
    )
    return reports.file(
        report_id=uuid4(),
        by=by,
        at=at,
        category=sighting.code,
        seen=seen,
        place=_place(corner, dice),
        confidentiality=Confidentiality.NAMED if is_named else Confidentiality.RESERVED,
        patrol=_patrol_of(by, seen_at) if is_named else None,
    )


def _place(corner: tuple[float, float, int, int] | None, dice: Random) -> Place:
    """A point near the corner, or anywhere about; an address as people give it here."""
    street, reference = dice.choice(sightings.STREETS), dice.choice(sightings.REFERENCES)
    block, lot = (dice.choice("ABCDEFGHJKM"), str(dice.randint(1, 32))) if dice.random() < 0.4 else ("", "")
    if dice.random() < 0.06:  # a phone that does not know where it is
        return Place(block=block, lot=lot, street=street, reference=reference)
    every = [one for corners in sightings.CORNERS.values() for one in corners]
    lat, lon, _weight, width = corner or (*dice.choice(every)[:2], 1, 700)
    return Place(
        lat=round(lat + dice.gauss(0, width) / METERS_PER_DEGREE, 6),
        lon=round(lon + dice.gauss(0, width) / (METERS_PER_DEGREE * cos(radians(lat))), 6),
        accuracy_m=float(dice.choice([5, 8, 12, 20, 35, 60])),
        block=block,
        lot=lot,
        street=street,
        reference=reference,
    )


def _patrol_of(member: Membership, at: datetime) -> Patrol | None:
    """The patrol somebody was on then."""
    walked = Patrol.objects.filter(crew__membership=member, crew__attendance__in=HERE, started_at__lte=at)
    return walked.exclude(ended_at__lt=at).order_by("-started_at").first()


@dataclass
class Case:
    """What the desk and whoever reported make of one report."""

    society: Society
    report: Report
    reporter: Membership
    earlier: UUID | None
    dice: Random
    is_recent: bool

    def story(self, at: datetime) -> Story:
        is_urgent, slow = self.report.severity >= URGENT, 6 if self.dice.random() < 0.12 else 1
        yield from self._reporter_speaks(at)
        yield (at := at + self._hours(0.5 if is_urgent else 16) * slow)
        who = self._who()
        if self.earlier and self._is_duplicate(who, at):
            return
        self._do(desk.triage, who, at)
        if self.report.is_confidential or (self.is_recent and self.dice.random() < 0.3):
            yield (at := at + self._hours(0.3))
            who = self._hand_over(who, at)
        if self.is_recent and self.dice.random() < 0.4:
            yield (at := at + self._hours(1))
            self._do(desk.note, who, at, text=self.dice.choice(sightings.NOTES))
        yield (at := at + self._hours(2 if is_urgent else 12) * slow)
        if self.dice.random() < 0.14:
            self._do(desk.dismiss, who, at, answer=self.dice.choice(sightings.UNFOUNDED))
            return
        self._do(desk.verify, who, at)
        if self.is_recent and self.dice.random() < 0.7:
            yield (at := at + self._hours(24) * slow)
            self._do(desk.start_work, who, at)
        yield (at := at + self._hours(36) * slow)
        self._do(desk.resolve, who, at, answer=self._answer())
        if self.dice.random() < 0.02:
            yield (at := at + self._hours(40))
            self._do(desk.reopen, who, at)

    def _reporter_speaks(self, at: datetime) -> Story:
        """Now and then somebody adds a word, or takes it back."""
        chance = self.dice.random()
        if chance > 0.06:
            return
        yield (at := at + self._hours(0.2))
        if chance < 0.012:
            reports.retract(report=self.report, by=self.reporter, at=at, text="Me equivoqué, disculpen.")
        else:
            text = self.dice.choice(sightings.CORRECTIONS)
            reports.correct(report=self.report, by=self.reporter, at=at, text=text)

    def _who(self) -> Membership:
        is_few = self.report.is_confidential
        return self.society.chief if is_few else self.dice.choice(self.society.reviewers)

    def _is_duplicate(self, who: Membership, at: datetime) -> bool:
        """Close it as reported before, where the earlier one can stand for it."""
        try:
            self._do(
                desk.mark_duplicate, who, at, of=Report(pk=self.earlier, organization_id=who.organization_id)
            )
        except Refusal:
            return False
        return True

    def _hand_over(self, who: Membership, at: datetime) -> Membership:
        """Give it to a reviewer; of what few may see, every other stays with the chief."""
        others = [one for one in self.society.reviewers if one != who]
        if self.report.is_confidential and self.dice.random() < 0.5:
            return who
        to = self.dice.choice(others)
        self._do(desk.assign, who, at, to=to)
        return to

    def _answer(self) -> str:
        if self.dice.random() < 0.25:
            return ""
        group = self.report.category.code[:3]
        return self.dice.choice(sightings.ANSWERS.get(group, sightings.ANSWERS[""]))

    def _do(self, verb: Callable[..., object], who: Membership, at: datetime, **words: object) -> None:
        verb(report=self.report, by=who, at=at, expected_version=None, **words)

    def _hours(self, median: float) -> timedelta:
        """A wait: often shorter than the median, sometimes much longer."""
        return timedelta(hours=median * self.dice.lognormvariate(0, 0.8))
