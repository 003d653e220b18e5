"""People on their way in: invitations, phones, staff with a password."""

import pytest

from accounts.actions import invitations, people
from accounts.actors import SystemActor
from accounts.roles import Role
from tests.factories import NOON

PIN = "280419"
OPERATOR = SystemActor("operator")


@pytest.fixture
def invited(coordinator):
    """A volunteer with a code in their hand."""
    invitation, code = people.invite(
        by=coordinator,
        organization=coordinator.organization,
        full_name="Rosa Quispe",
        phone="987 654 321",
        roles={Role.VOLUNTEER},
        at=NOON,
    )
    return invitation.membership, code


@pytest.fixture
def phone(invited):
    """An enrolled phone and the secret it holds."""
    return invitations.redeem(code=invited[1], pin=PIN, device_label="Mi celular", at=NOON)


@pytest.fixture
def invited_coordinator(organization):
    """A coordinator-to-be with a code in their hand."""
    invitation, code = people.invite(
        by=OPERATOR, organization=organization, full_name="Ana", roles={Role.COORDINATOR}, at=NOON
    )
    return invitation.membership, code
