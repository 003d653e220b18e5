"""What may be said of a report at the JSON door: strict, every field declared."""

from dataclasses import fields
from typing import Any

from rest_framework import serializers

from accounts.doors import StrictSerializer
from incidents.actions import moves, seen
from incidents.actions.seen import Place, Seen, Toggles
from incidents.models.reports import TOGGLES
from incidents.states import Behavior, Confidentiality
from patrols.api.fields import PlaceIn
from rules.fields import ChoiceField, DeviceClockField

Words = dict[str, Any]
Text = serializers.CharField


class TogglesIn(StrictSerializer):
    """The four questions."""

    is_in_progress = serializers.BooleanField(required=False)
    is_someone_hurt = serializers.BooleanField(required=False)
    has_weapon = serializers.BooleanField(required=False)
    is_child_involved = serializers.BooleanField(required=False)


class ReportIn(PlaceIn, TogglesIn):
    """What somebody saw, under the UUID the phone chose. `category` is a code; `occurred_at` the phone's
    clock, kept to the minute; `sector` says where if no point does. Severity is computed."""

    id = serializers.UUIDField()
    category = Text(max_length=6)
    occurred_at = DeviceClockField()
    text = Text(max_length=seen.LONGEST, required=False, allow_blank=True)
    sector = serializers.UUIDField(required=False, allow_null=True)
    behavior = ChoiceField(choices=Behavior.choices, required=False, allow_blank=True)
    has_consent = serializers.BooleanField(required=False)
    block = Text(max_length=seen.WORDS["block"], required=False, allow_blank=True)
    lot = Text(max_length=seen.WORDS["lot"], required=False, allow_blank=True)
    street = Text(max_length=seen.WORDS["street"], required=False, allow_blank=True)
    reference = Text(max_length=seen.WORDS["reference"], required=False, allow_blank=True)
    confidentiality = ChoiceField(
        choices=[choice for choice in Confidentiality.choices if choice[0] != Confidentiality.ANONYMOUS],
        default=Confidentiality.RESERVED,
    )
    patrol = serializers.UUIDField(required=False, allow_null=True)


class PhotoIn(StrictSerializer):
    """A JPEG, PNG or WebP of 10 MB and 25 million pixels at most, under the UUID the phone chose."""

    id = serializers.UUIDField()
    photo = serializers.FileField(allow_empty_file=True)


class AddedIn(StrictSerializer):
    """What whoever reported adds."""

    text = Text(max_length=seen.LONGEST)


class RetractedIn(StrictSerializer):
    """Why it was not so, if one wants to say."""

    text = Text(max_length=seen.LONGEST, required=False, allow_blank=True)


class MoveIn(StrictSerializer):
    """`version` is the one that was looked at: if somebody was faster, the answer is 409 `stale`."""

    version = serializers.IntegerField(min_value=1, max_value=2**31 - 1)


class TriageIn(MoveIn, TogglesIn):
    """What the desk puts right; what is left out stays. `category` is a code."""

    category = Text(max_length=6, required=False)


class AssignIn(MoveIn):
    """Who shall hold it: the key of a member of the desk."""

    member = serializers.UUIDField()


class WrittenIn(MoveIn):
    """What somebody of the desk writes."""

    text = Text(max_length=moves.LONGEST)


class EndIn(MoveIn):
    """A last word to whoever reported, if there is one."""

    answer = Text(max_length=moves.LONGEST, required=False, allow_blank=True)


class DuplicateIn(EndIn):
    """Which report says the same."""

    of = serializers.UUIDField()


class ContactIn(StrictSerializer):
    """The code of why somebody is called, such as `call_back`. It goes on record."""

    reason_code = serializers.RegexField(r"^[a-z][a-z0-9_]{2,39}\Z")


def seen_of(words: Words) -> tuple[Seen, Place]:
    """Take what was seen and where out of what was read; the rest stays."""
    toggles = Toggles(**_taken(words, TOGGLES))
    told = _taken(words, ("occurred_at", "text", "behavior", "has_consent"))
    place = _taken(words, tuple(field.name for field in fields(Place)))
    return Seen(**told, toggles=toggles), Place(**place)


def _taken(words: Words, names: tuple[str, ...]) -> Words:
    return {name: words.pop(name) for name in names if name in words}
