"""What a board decides for itself."""

from datetime import datetime
from typing import TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organization
from accounts.roles import Permission
from audit import actions as audit
from patrols import queries
from patrols.models import BoardRules
from rules.refusals import Invalid
from rules.versions import check_version

# What each may be: the same limits as the table's own.
LIMITS = {
    "rest_hours": (0, 48),
    "withdraw_until_hours": (0, 72),
    "opens_days_before": (0, 60),
    "closes_hours_before": (0, 24),
    "answer_minutes": (15, 1440),
    "check_in_minutes": (10, 120),
}


class RulesChanges(TypedDict, total=False):
    """What a board may decide; what is left out stays."""

    rest_hours: int
    withdraw_until_hours: int
    opens_days_before: int
    closes_hours_before: int
    answer_minutes: int
    check_in_minutes: int


@transaction.atomic
def set_rules(
    *, by: Membership, at: datetime, expected_version: int | None = None, **fields: Unpack[RulesChanges]
) -> BoardRules:
    """Decide the hours the board lives by. They hold for whatever is done from now on."""
    Organization.objects.select_for_update(no_key=True).get(pk=by.organization_id)
    rules = queries.rules_of(by.organization_id)
    by.require(Permission.RULES_SET, rules)
    check_version(rules, expected_version)
    wrong = {name: _out_of(name) for name, value in fields.items() if not _fits(name, value)}
    if wrong:
        raise Invalid(wrong)
    changed = {name for name, value in fields.items() if getattr(rules, name) != value}
    for name in changed:
        setattr(rules, name, fields[name])  # type: ignore[literal-required]
    if changed:
        rules.version += 1
        rules.save()
        audit.record(action="rules.set", subject=rules, by=by, fields=sorted(changed))
    return rules


def _fits(name: str, value: object) -> bool:
    least, most = LIMITS[name]
    return isinstance(value, int) and least <= value <= most


def _out_of(name: str) -> str:
    least, most = LIMITS[name]
    return str(_("From %(least)s to %(most)s.") % {"least": least, "most": most})
