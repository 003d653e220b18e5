"""What a crew says of its points without signal: we are here, we go on, we leave it out."""

from rest_framework import serializers

from accounts.receipts import Answer
from patrols.actions import visits
from patrols.models import Patrol, Visit
from patrols.queries import Told, point_told, visit_told
from patrols.states import ManualReason, SkipReason, VisitMethod
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Words, one
from phone.kinds.patrols import OnPatrolIn, patrol_of, stamp_of
from places.models import CODE_LENGTH
from rules.fields import ChoiceField, instant


class ArrivedIn(OnPatrolIn):
    """We are here. `qr` with the `code` of the sheet; `gps` with place and accuracy, at `point` or the
    nearest one; `manual` with `point` and why. The envelope's id becomes the visit's."""

    method = ChoiceField(choices=VisitMethod.choices)
    point = KeyField(required=False, allow_null=True)
    code = serializers.CharField(max_length=CODE_LENGTH, required=False, allow_blank=True, default="")
    reason_code = ChoiceField(choices=ManualReason.choices, required=False, default="")


class LeftIn(OnPatrolIn):
    """We go on: from this visit, else from this point, else from where the crew stands."""

    visit = KeyField(required=False, allow_null=True)
    point = KeyField(required=False, allow_null=True)


class SkippedIn(OnPatrolIn):
    """We leave this point out, and why."""

    point = KeyField()
    reason_code = ChoiceField(choices=SkipReason.choices)


def arrive(sent: Sent, words: Words) -> Answer:
    patrol, stamp = patrol_of(sent, words), stamp_of(sent, words)
    point = point_told(patrol, Told(words.pop("point", None), words["code"], stamp.lat, stamp.lon))
    visit = visits.arrive(
        patrol=patrol,
        point=point,
        by=sent.by,
        at=sent.at,
        arrived_at=sent.happened_at,
        stamp=stamp,
        visit_id=sent.id,
        **words,
    )
    return stands(visit, patrol)


def leave(sent: Sent, words: Words) -> Answer:
    patrol, stamp = patrol_of(sent, words), stamp_of(sent, words)
    visit = visit_told(patrol, sent.by, visit=words.get("visit"), point=words.get("point"))
    left = visits.leave(visit=visit, by=sent.by, at=sent.at, left_at=sent.happened_at, stamp=stamp)
    return stands(left, patrol)


def skip(sent: Sent, words: Words) -> Answer:
    patrol = patrol_of(sent, words)
    point = point_told(patrol, Told(words["point"]))
    reason = words["reason_code"]
    visits.skip(patrol=patrol, point=point, by=sent.by, at=sent.at, reason_code=reason)
    return {"patrol": str(patrol.pk), "point": str(point.pk), "reason_code": reason}


def stands(visit: Visit, patrol: Patrol) -> Answer:
    """What became of a visit: perhaps another phone's, that was there already."""
    return {
        "visit": str(visit.pk),
        "patrol": str(patrol.pk),
        "point": str(visit.point_id),
        "arrived_at": instant(visit.arrived_at),
        "left_at": instant(visit.left_at),
        "is_late": visit.is_late,
    }


KINDS = (
    Kind("visit.arrived", 1, one(ArrivedIn, arrive)),
    Kind("visit.left", 1, one(LeftIn, leave)),
    Kind("visit.skipped", 1, one(SkippedIn, skip)),
)
