"""What some of a shift's places are for: whoever leads must still find one."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import places
from patrols.models import Shift, ShiftRole, Signup
from patrols.states import LEARNED, SHIFT, CrewRole
from rules.refusals import Conflict, Invalid
from rules.versions import check_version


@dataclass(frozen=True)
class Wish:
    """At least so many, and at most so many, of one kind."""

    kind: CrewRole
    minimum: int
    maximum: int


@transaction.atomic
def set_roles(
    *,
    shift: Shift,
    by: Membership,
    at: datetime,
    wishes: Iterable[Wish],
    expected_version: int | None = None,
) -> Shift:
    """Say which roles a shift has, whole: a role that is not named is taken away, if nobody took it."""
    shift = places.lock(shift)
    by.require(Permission.SHIFT_PLAN, shift)
    check_version(shift, expected_version)
    SHIFT.move(shift.status, "change")
    places.check_not_begun(shift, at)
    wanted = {wish.kind: wish for wish in wishes}
    known = {CrewRole(role.kind): role for role in ShiftRole.objects.filter(shift_id=shift.pk)}
    _check(shift, wanted, known)
    for kind in known.keys() - wanted.keys():
        _take_away(known.pop(kind))
    for kind, wish in wanted.items():
        role = known.setdefault(
            kind, ShiftRole(organization_id=shift.organization_id, shift=shift, kind=kind)
        )
        role.minimum, role.maximum, role.needs = wish.minimum, wish.maximum, LEARNED.get(kind, "")
        role.save()
    shift.places_kept = sum(role.kept for role in known.values())
    shift.version += 1
    shift.save(update_fields=["places_kept", "version"])
    audit.record(action="shift.roles_set", subject=shift, by=by, roles=sorted(wanted))
    places.pass_on(shift, by=by, at=at)
    return shift


def _check(shift: Shift, wanted: dict[CrewRole, Wish], known: dict[CrewRole, ShiftRole]) -> None:
    """Refuse roles that cannot be filled, or in which more people are than may be."""
    wrong = {}
    for kind, wish in wanted.items():
        if not 0 <= wish.minimum <= wish.maximum or wish.maximum < 1:
            wrong[f"roles.{kind}"] = _("At least one at most, and no more needed than may come.")
        elif kind in known and wish.maximum < known[kind].taken:
            wrong[f"roles.{kind}"] = _("More people than that have this role already.")
    if wrong:
        raise Invalid(wrong)
    if any(role.taken for kind, role in known.items() if kind not in wanted):
        raise Conflict(_("Somebody has that role already. Take them off first."), code="role_taken")
    kept = sum(
        max(0, wish.minimum - (known[kind].taken if kind in known else 0)) for kind, wish in wanted.items()
    )
    if shift.places_taken + kept > shift.capacity:
        raise Invalid({"roles": _("There are not enough free places for these roles.")})


def _take_away(role: ShiftRole) -> None:
    """Whoever left, or still waits, did so for a role that is gone: for none, from now on."""
    Signup.objects.filter(role=role).update(role=None)
    role.delete()
