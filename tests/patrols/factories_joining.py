"""Newcomers at every rung of the way to their first patrol."""

from datetime import date

from accounts.roles import Role
from patrols.states import CURRENT_CODE
from tests.factories import (
    NOON,
    JoiningFactory,
    MembershipFactory,
    PoliceStationFactory,
    QualificationFactory,
)

TODAY = date(2030, 1, 1)


def newcomer(organization, roles=frozenset({Role.VOLUNTEER})):
    """Somebody who was only just invited."""
    return MembershipFactory(organization=organization, roles=roles, joining_row=False)


def on_the_way(member, decider, status="checked", **facts):
    """A newcomer who made it to this rung by the whole way; `checked` lacks only the approval."""
    checked = status != "vouched"
    row = {
        "status": status,
        "is_taken_over": False,
        "approved_at": None,
        "endorsed_by": decider,
        "endorsed_at": NOON,
        "of_age_on": TODAY,
        "police_station": PoliceStationFactory(district__ubigeo=member.ubigeo) if checked else None,
        "checked_on": TODAY if checked else None,
        "check_recorded_by": decider if checked else None,
        "code_of_conduct_version": CURRENT_CODE,
        "code_signed_at": NOON,
    }
    QualificationFactory(membership=member, organization=member.organization)
    return JoiningFactory(membership=member, organization=member.organization, **row | facts)
