"""A room made for these tests: outings people go on. The engine knows it only as two kinds."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from notifications import actions
from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice
from notifications.people import Contact
from tests.factories import NOON

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self, now=NOON):
        self.now = now

    def __call__(self):
        return self.now

    def move(self, step):
        self.now += step


@dataclass
class Outing:
    """Something planned, with who goes."""

    starts_at: datetime = NOON + DAY
    version: int = 1
    is_on: bool = True
    crew: set[UUID] = field(default_factory=set)
    id: UUID = field(default_factory=uuid4)


class World:
    """Outings, people, and what their mailboxes received."""

    def __init__(self, clock=None):
        self.organization_id = uuid4()
        self.clock = clock or Watch()
        self.outings = {}
        self.people = {}
        self.mailbox = []  # (notice id, recipient id, title), as they arrived
        self.letters = {}  # by recipient and subject: kind and text of the last one
        self.before_saying = lambda notice: None
        self.after_saying = lambda outing: None
        self.kinds = [
            Kind("reminder", self.reminders, self.say_reminder),
            Kind("called_off", lambda now, until: [], self.say_called_off),
        ]

    # -- people and plans

    def person(self, *, email="vecina@example.pe", language="es"):
        person = uuid4()
        self.people[person] = Contact(recipient_id=person, language=language, email=email)
        return person

    def outing(self, *crew, **facts):
        outing = Outing(crew=set(crew), **facts)
        self.outings[outing.id] = outing
        return outing

    def directory(self, ids):
        return {one: self.people[one] for one in ids if one in self.people}

    # -- what should be said

    def wanted(self, kind, outing, person, due_at=None):
        return Wanted(
            kind=kind,
            organization_id=self.organization_id,
            recipient_id=person,
            subject_id=outing.id,
            subject_version=outing.version,
            occasion=f"{kind}:{outing.id}:{outing.version}",
            due_at=due_at or self.clock(),
            expires_at=outing.starts_at + HOUR,
        )

    def reminders(self, now, until):
        for outing in self.outings.values():
            due_at = outing.starts_at - DAY
            if outing.is_on and due_at <= until and outing.starts_at > now:
                yield from (self.wanted("reminder", outing, person, due_at) for person in outing.crew)

    def say_reminder(self, notice, now):
        self.before_saying(notice)
        outing = self.outings[notice.subject_id]
        current = outing.is_on and outing.version == notice.subject_version
        if not current or notice.recipient_id not in outing.crew:
            return None
        message = Message("Tienes una ronda", f"Versión {outing.version}", f"/o/AAAA2222/{outing.id}/")
        self.after_saying(outing)
        return message

    def say_called_off(self, notice, now):
        outing = self.outings[notice.subject_id]
        return None if outing.is_on else Message("Se canceló una ronda", "No salgas")

    # -- the engine, as config calls it

    def plan(self):
        actions.plan(kinds=self.kinds, now=self.clock())

    def deliver(self, *, channels=None, **options):
        given = channels or {"inbox": lambda *_: None, "email": self.post}
        return actions.deliver(
            kinds=self.kinds,
            directory=self.directory,
            clock=self.clock,
            channels=given,
            **options,
        )

    def tick(self):
        self.plan()
        actions.tidy(now=self.clock())
        while self.deliver():
            pass

    def post(self, notice_id, contact, message):
        notice = Notice.objects.get(pk=notice_id)
        self.mailbox.append((notice_id, contact.recipient_id, message.title))
        self.letters[contact.recipient_id, notice.subject_id] = (notice.kind, message.body)
