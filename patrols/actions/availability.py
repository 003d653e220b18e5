"""Saying when one can."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import clashes
from patrols.models import Availability
from patrols.states.availability import Part
from rules.refusals import Invalid

AHEAD = timedelta(days=366)


@transaction.atomic
def tell_week(*, by: Membership, slots: Collection[tuple[int, str]]) -> None:
    """Say on which parts of which weekdays one usually can. What is left out, one usually cannot."""
    by.require(Permission.SHIFT_SIGN_UP, by)
    if any(weekday not in range(7) or part not in Part.values for weekday, part in slots):
        raise Invalid({"slots": _("Choose a weekday and a part of the day.")})
    clashes.lock_member(by)
    ours = Availability.objects.filter(membership_id=by.pk, on=None)
    before = set(ours.values_list("weekday", "part"))
    wanted = set(slots)
    if before == wanted:
        return
    ours.delete()
    Availability.objects.bulk_create(
        Availability(organization_id=by.organization_id, membership=by, weekday=weekday, part=part)
        for weekday, part in sorted(wanted)
    )
    audit.record(action="availability.told", subject=by, by=by)


@transaction.atomic
def tell_day(*, by: Membership, on: date, parts: Mapping[str, bool], today: date) -> None:
    """Say that on one date it is otherwise than usual; with no parts, that it is as usual again."""
    by.require(Permission.SHIFT_SIGN_UP, by)
    if not today <= on <= today + AHEAD:
        raise Invalid({"on": _("Choose a day from today on, within a year.")})
    if any(part not in Part.values for part in parts):
        raise Invalid({"parts": _("Choose a part of the day.")})
    clashes.lock_member(by)
    ours = Availability.objects.filter(membership_id=by.pk, on=on)
    if dict(ours.values_list("part", "is_free")) == dict(parts):
        return
    ours.delete()
    Availability.objects.bulk_create(
        Availability(organization_id=by.organization_id, membership=by, on=on, part=part, is_free=is_free)
        for part, is_free in sorted(parts.items())
    )
    audit.record(action="availability.told", subject=by, by=by)
