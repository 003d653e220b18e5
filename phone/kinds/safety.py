"""What a crew says of itself without signal: that it is well, or that it needs help."""

from rest_framework import serializers

from accounts.receipts import Answer
from patrols.actions import alarms, checks
from phone.kinds.kind import Kind, Sent, Words, one
from phone.kinds.patrols import OnPatrolIn, patrol_of, stamp_of
from rules.fields import instant


class CheckIn(OnPatrolIn):
    """We are well."""

    battery_percent = serializers.IntegerField(min_value=0, max_value=100, required=False, allow_null=True)


class SosIn(CheckIn):
    """We need help. Late is better than never: it is raised with its own hour, and marked."""

    is_drill = serializers.BooleanField(default=False)


def check(sent: Sent, words: Words) -> Answer:
    said = checks.check(
        patrol=patrol_of(sent, words),
        stamp=stamp_of(sent, words),
        by=sent.by,
        at=sent.at,
        happened_at=sent.happened_at,
        check_id=sent.id,
        **words,
    )
    return {"id": str(said.pk), "is_late": said.is_late, "at": instant(said.at)}


def call(sent: Sent, words: Words) -> Answer:
    alarm = alarms.raise_sos(
        patrol=patrol_of(sent, words),
        stamp=stamp_of(sent, words),
        by=sent.by,
        at=sent.at,
        happened_at=sent.happened_at,
        alarm_id=sent.id,
        **words,
    )
    return {"alarm": str(alarm.pk), "status": alarm.status, "is_late": alarm.is_late}


KINDS = (
    Kind("patrol.check", 1, one(CheckIn, check)),
    Kind("patrol.sos", 1, one(SosIn, call)),
)
