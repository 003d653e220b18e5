"""The list of a session: who came."""

from rest_framework import serializers

from accounts.doors import StrictSerializer
from accounts.receipts import Answer
from phone.envelopes import ClockField, KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from programs.actions import attendance
from programs.actions.attendance import Mark
from programs.models import Session
from programs.states import AttendanceState
from rules.fields import ChoiceField

MOST_MARKS = 200


class OnSessionIn(StrictSerializer):
    """Which session."""

    session = KeyField()


class MarkIn(StrictSerializer):
    """What happened with one person."""

    enrollment = KeyField()
    state = ChoiceField(choices=AttendanceState.choices)
    captured_at = ClockField(required=False, help_text="By the phone's clock; else the envelope's.")


class MarksIn(OnSessionIn):
    """Marks of one session, all in one go."""

    marks = serializers.ListField(child=MarkIn(), allow_empty=False, max_length=MOST_MARKS)


def mark(sent: Sent, words: Words) -> Answer:
    marks = [
        Mark(one["enrollment"], one["state"], sent.by_our_clock(one["captured_at"]))
        if "captured_at" in one
        else Mark(one["enrollment"], one["state"], sent.happened_at)
        for one in words["marks"]
    ]
    done = attendance.mark(session=session_of(sent, words), by=sent.by, at=sent.at, marks=marks)
    left_out = [{"enrollment": str(key), "code": code} for key, code in done.left_out.items()]
    return stands(done.session) | {"left_out": left_out}


def submit(sent: Sent, words: Words) -> Answer:
    return stands(attendance.submit(session=session_of(sent, words), by=sent.by, at=sent.at))


def session_of(sent: Sent, words: Words) -> Session:
    """The session a payload names."""
    return sent.rows.find(Session.objects.all(), pk=words["session"])


def stands(session: Session) -> Answer:
    """Where a session's list stands."""
    return {"session": str(session.pk), "status": session.status, "version": session.version}


KINDS = (
    Kind("attendance.marked", 1, one(MarksIn, mark)),
    Kind("attendance.submitted", 1, one(OnSessionIn, submit)),
)
