"""What one crew leaves to the next, written and read without signal."""

from collections.abc import Callable

from rest_framework import serializers

from accounts.doors import StrictSerializer
from accounts.receipts import Answer
from patrols.actions import handovers
from patrols.models import HandoverItem
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from phone.kinds.patrols import OnPatrolIn, patrol_of
from rules.fields import instant


class HandoverIn(OnPatrolIn):
    """A note to the sector's next crew; the envelope's id becomes its key."""

    lines = serializers.ListField(
        child=serializers.CharField(max_length=handovers.LONGEST_LINE),
        min_length=1,
        max_length=handovers.MOST_LINES,
    )


class ReadIn(OnPatrolIn):
    """Which notes were on the screen; left out: all of them."""

    handovers = serializers.ListField(child=KeyField(), max_length=100, required=False)


class LineIn(StrictSerializer):
    """Which line of a note."""

    line = KeyField()


def write(sent: Sent, words: Words) -> Answer:
    note = handovers.write(
        patrol=patrol_of(sent, words), by=sent.by, at=sent.at, lines=words["lines"], handover_id=sent.id
    )
    return {"id": str(note.pk), "written_at": instant(note.written_at)}


def acknowledge(sent: Sent, words: Words) -> Answer:
    count = handovers.acknowledge(
        patrol=patrol_of(sent, words),
        by=sent.by,
        at=sent.at,
        happened_at=sent.happened_at,
        handovers=words.get("handovers"),
    )
    return {"read": count}


def settle(verb: Callable[..., HandoverItem]) -> Callable[[Sent, Words], Answer]:
    """Say that a line is done, or that it is not."""

    def do(sent: Sent, words: Words) -> Answer:
        item = verb(item=sent.rows.find(HandoverItem.objects.all(), pk=words["line"]), by=sent.by, at=sent.at)
        return {"line": str(item.pk), "status": item.status}

    return do


KINDS = (
    Kind("handover.written", 1, one(HandoverIn, write)),
    Kind("handover.read", 1, one(ReadIn, acknowledge)),
    Kind("handover.resolved", 1, one(LineIn, settle(handovers.resolve))),
    Kind("handover.reopened", 1, one(LineIn, settle(handovers.reopen))),
)
