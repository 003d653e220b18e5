"""Rows of what surrounds an outing: notes to the next crew."""

import factory

from accounts.roles import Role
from patrols.models import Handover, HandoverItem
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
