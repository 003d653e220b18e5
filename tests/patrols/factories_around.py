"""Rows of what surrounds an outing: notes to the next crew, things that are lent."""

import factory

from accounts.roles import Role
from patrols.models import EquipmentItem, Handover, HandoverItem, Loan
from tests.factories import NOON, OURS, MembershipFactory, OwnedFactory, PatrolFactory


class HandoverFactory(OwnedFactory):
    class Meta:
        model = Handover

    patrol = factory.SubFactory(PatrolFactory, **OURS)
    sector = factory.LazyAttribute(lambda note: note.patrol.shift.sector)
    written_by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    written_at = NOON


class HandoverItemFactory(OwnedFactory):
    class Meta:
        model = HandoverItem

    handover = factory.SubFactory(HandoverFactory, **OURS)
    position = 0
    text = "Poste sin luz frente al parque"


class EquipmentItemFactory(OwnedFactory):
    class Meta:
        model = EquipmentItem

    kind = "vest"
    label = factory.Sequence(lambda number: f"CH-{number}")
    registered_at = NOON


class LoanFactory(OwnedFactory):
    """A vest out with a crew."""

    class Meta:
        model = Loan

    item = factory.SubFactory(EquipmentItemFactory, **OURS)
    patrol = factory.SubFactory(PatrolFactory, **OURS)
    out_at = NOON
    out_by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
