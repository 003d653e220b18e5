"""What a crew does and writes on the street, and coming along or not."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.doors import StrictSerializer
from accounts.receipts import Answer, within_receipt
from patrols.actions import attendance, log, patrols, pledges, signups
from patrols.actions.moves import Stamp
from patrols.api.fields import PlaceIn
from patrols.api.patrols import somebody_of
from patrols.models import Patrol, Shift, Signup
from patrols.queries import is_called_off
from patrols.states import LEADERLESS, LogKind, OverrideReason, SafetyReason
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Step, Words, one
from rules.fields import ChoiceField, instant
from rules.refusals import Decided, Invalid, NotFound


class ShiftIn(StrictSerializer):
    """Which night."""

    shift = KeyField()


class BriefingIn(PlaceIn):
    """Begin to meet for a night."""

    verb = serializers.CharField()
    shift = KeyField()


class OnPatrolIn(PlaceIn):
    """On which patrol: by its own key, or by its shift's while the phone has not heard of it yet."""

    patrol = KeyField(required=False)
    shift = KeyField(required=False)


class MoveIn(OnPatrolIn):
    verb = serializers.CharField()


class CheckInIn(MoveIn):
    """Who is there: oneself, or a crew member (by their `id` in the crew) without a phone."""

    crew_member = KeyField(required=False, allow_null=True)


class PledgeIn(OnPatrolIn):
    """Who promises: oneself, or a crew member (by their `id` in the crew) without a phone."""

    crew_member = KeyField(required=False, allow_null=True)


class CloseIn(MoveIn):
    """The debrief: what happened in a few words, and how the crew feels, 1 to 5."""

    summary = serializers.CharField(max_length=1000)
    mood = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True)


class StartIn(MoveIn):
    """Going out; with fewer people than planned only if somebody who may lead says why."""

    override_reason = ChoiceField(choices=OverrideReason.choices, required=False, default="")


class AbortIn(MoveIn):
    """Why the crew broke off."""

    reason_code = ChoiceField(choices=SafetyReason.choices)


class CancelIn(MoveIn):
    """Why nobody goes out. Everybody who signed up can read it."""

    reason = serializers.CharField(max_length=200)


class LogEntryIn(OnPatrolIn):
    """A line of the log; the envelope's id becomes its key."""

    kind = ChoiceField(choices=LogKind.choices, default=LogKind.NOTE)
    text = serializers.CharField(max_length=log.LONGEST, required=False, allow_blank=True, default="")


def patrol_of(sent: Sent, words: Words) -> Patrol:
    """The patrol a payload names."""
    patrol, shift = words.pop("patrol", None), words.pop("shift", None)
    if patrol is None and shift is None:
        raise Invalid({"patrol": _("Name the patrol or its shift.")})
    key = {"pk": patrol} if patrol is not None else {"shift_id": shift}
    try:
        found = sent.rows.find(Patrol.objects.all(), **key)
    except NotFound:
        check_not_called_off(sent, shift)
        raise
    if found.status in LEADERLESS:
        check_not_called_off(sent, found.shift_id)
    return found


def check_not_called_off(sent: Sent, shift_id: UUID | None) -> None:
    """Refuse for good what was done on a night that was called off or held, and came long after."""
    came_late = Stamp(happened_at=sent.happened_at).came_late(sent.at)
    if came_late and shift_id is not None and is_called_off(sent.by, shift_id):
        raise Decided


def stamp_of(sent: Sent, words: Words) -> Stamp:
    """When and where, by the phone."""
    place = {name: words.pop(name, None) for name in ("lat", "lon", "accuracy_m")}
    return Stamp(device_at=sent.happened_at, happened_at=sent.happened_at, **place)


def moved(patrol: Patrol) -> Answer:
    return {"patrol": str(patrol.pk), "status": patrol.status, "version": patrol.version}


def open_briefing(sent: Sent, words: Words) -> Answer:
    shift, stamp = sent.rows.find(Shift.objects.all(), pk=words["shift"]), stamp_of(sent, words)
    return moved(patrols.open_briefing(shift=shift, by=sent.by, at=sent.at, stamp=stamp))


def about(verb: Callable[..., Patrol]) -> Step:
    """What one says of oneself, or for somebody of the crew without a phone."""

    def do(sent: Sent, words: Words) -> Answer:
        patrol, stamp = patrol_of(sent, words), stamp_of(sent, words)
        member = somebody_of(patrol, words.get("crew_member"))
        return moved(verb(patrol=patrol, by=sent.by, at=sent.at, stamp=stamp, member=member))

    return Step(CheckInIn, do)


def pledge(sent: Sent, words: Words) -> Answer:
    patrol = patrol_of(sent, words)
    member = somebody_of(patrol, words.get("crew_member"))
    promised = pledges.give(
        patrol=patrol, by=sent.by, at=sent.at, happened_at=sent.happened_at, member=member
    )
    return {"patrol": str(patrol.pk), "crew_member": str(promised.pk), "at": instant(promised.pledged_at)}


def move(verb: Callable[..., Patrol], form: type[MoveIn] = MoveIn) -> Step:
    """A step of the patrol's own life."""

    def do(sent: Sent, words: Words) -> Answer:
        patrol, stamp = patrol_of(sent, words), stamp_of(sent, words)
        del words["verb"]
        return moved(verb(patrol=patrol, by=sent.by, at=sent.at, stamp=stamp, **words))

    return Step(form, do)


write_down = within_receipt(log.add_entries)


def add_entry(sent: Sent, words: Words) -> Answer:
    return add_entries([(sent, words)])[0]


def add_entries(letters: Sequence[tuple[Sent, Words]]) -> list[Answer]:
    """Lines of one sender, patrol by patrol, in the order of the patrols' keys: each is locked once."""
    lines: dict[Patrol, list[log.Line]] = {}
    for sent, words in letters:
        lines.setdefault(patrol_of(sent, words), []).append(line_of(sent, words))
    first, _words = letters[0]
    written = {
        entry.pk: {"id": str(entry.pk), "recorded_at": instant(entry.recorded_at), "is_late": entry.is_late}
        for patrol in sorted(lines, key=lambda patrol: patrol.pk)
        for entry in write_down(patrol=patrol, by=first.by, at=first.at, lines=lines[patrol])
    }
    return [written[sent.id] for sent, _words in letters]


def line_of(sent: Sent, words: Words) -> log.Line:
    """What a payload says, with the phone's clock corrected."""
    return log.Line(sent.happened_at, words["kind"], words["text"], stamp_of(sent, words), sent.id)


def stands(signup: Signup) -> Answer:
    """Where one stands in a shift."""
    return {
        "signup": str(signup.pk),
        "shift": str(signup.shift_id),
        "status": signup.status,
        "version": signup.version,
    }


def sign_up(sent: Sent, words: Words) -> Answer:
    shift = sent.rows.find(Shift.objects.all(), pk=words["shift"])
    return stands(signups.sign_up(shift=shift, by=sent.by, at=sent.at, signup_id=sent.id))


def about_own_signup(verb: Callable[..., Signup]) -> Callable[[Sent, Words], Answer]:
    """What one says about one's own place in a shift."""

    def do(sent: Sent, words: Words) -> Answer:
        own: Any = Signup.objects.filter(membership_id=sent.by.pk)
        signup = sent.rows.find(own, shift_id=words["shift"])
        return stands(verb(signup=signup, by=sent.by, at=sent.at))

    return do


KINDS = (
    Kind(
        "patrol.move",
        1,
        {
            "open_briefing": Step(BriefingIn, open_briefing),
            "check_in": about(patrols.check_in),
            "leave": about(attendance.leave),
            "start": move(patrols.start, StartIn),
            "pause": move(patrols.pause),
            "resume": move(patrols.resume),
            "finish": move(patrols.finish),
            "close": move(patrols.close, CloseIn),
            "abort_for_safety": move(patrols.abort_for_safety, AbortIn),
            "cancel": move(patrols.cancel, CancelIn),
        },
    ),
    Kind("patrol.pledged", 1, one(PledgeIn, pledge)),
    Kind("patrol.log_entry", 1, one(LogEntryIn, add_entry, add_entries)),
    Kind("shift.signed_up", 1, one(ShiftIn, sign_up)),
    Kind("shift.withdrawn", 1, one(ShiftIn, about_own_signup(signups.withdraw))),
    Kind("shift.offer_accepted", 1, one(ShiftIn, about_own_signup(signups.accept_offer))),
    Kind("shift.offer_declined", 1, one(ShiftIn, about_own_signup(signups.decline_offer))),
    Kind("shift.attending", 1, one(ShiftIn, about_own_signup(signups.confirm_attending))),
)
