"""Rows of the safety of a patrol: checks, alarms, who was told, who is on duty."""

from datetime import timedelta

import factory

from accounts.roles import Role
from patrols.models import Alarm, AlarmStep, DutyTurn, SafetyCheck
from tests.factories import NOON, OURS, MembershipFactory, OrganizationFactory, OwnedFactory, PatrolFactory


class SafetyCheckFactory(OwnedFactory):
    class Meta:
        model = SafetyCheck

    patrol = factory.SubFactory(PatrolFactory, **OURS)
    member = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    happened_at = NOON
    at = factory.LazyAttribute(lambda check: check.happened_at)


class AlarmFactory(OwnedFactory):
    """A call for help by somebody of the crew."""

    class Meta:
        model = Alarm

    patrol = factory.SubFactory(PatrolFactory, **OURS)
    kind = "sos"
    raised_by = factory.SubFactory(MembershipFactory, roles=frozenset({Role.VOLUNTEER}), **OURS)
    raised_at = NOON
    due_at = factory.LazyAttribute(lambda alarm: alarm.raised_at)


class AlarmStepFactory(OwnedFactory):
    class Meta:
        model = AlarmStep

    alarm = factory.SubFactory(AlarmFactory, **OURS)
    member = factory.SubFactory(MembershipFactory, **OURS)
    rung = "coordinator"
    told_at = NOON


class DutyTurnFactory(OwnedFactory):
    """Somebody of a municipality's desk, for eight hours from noon."""

    class Meta:
        model = DutyTurn

    organization = factory.SubFactory(OrganizationFactory, kind="municipality")
    member = factory.SubFactory(MembershipFactory, roles=frozenset({Role.REVIEWER}), **OURS)
    starts_at = NOON
    ends_at = factory.LazyAttribute(lambda turn: turn.starts_at + timedelta(hours=8))
