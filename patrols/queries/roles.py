"""The roles of one night, in the order they are named."""

from django.db.models import QuerySet

from patrols.models import Shift, ShiftRole
from patrols.states import CrewRole

ORDER = {kind: place for place, kind in enumerate(CrewRole.values)}


def roles_of(shift: Shift) -> list[ShiftRole]:
    """What some of its places are for: who leads first."""
    rows: QuerySet[ShiftRole] = ShiftRole.objects.filter(shift_id=shift.pk)
    return sorted(rows, key=lambda role: ORDER[role.kind])
