"""What the tests of programs share: an NGO, its people, its clock."""

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from tests.factories import NOON, MembershipFactory, OrganizationFactory
from tests.programs.factories import CohortFactory, SessionFactory


@pytest.fixture
def at_noon():
    """The doors read the clock: it is noon in Lima."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def ngo():
    return OrganizationFactory(kind="ngo", ubigeo="")


@pytest.fixture
def coordinator(ngo):
    return MembershipFactory(organization=ngo, roles={Role.PROGRAM_COORDINATOR})


@pytest.fixture
def facilitator(ngo):
    return MembershipFactory(organization=ngo, roles={Role.FACILITATOR})


@pytest.fixture
def colleague(ngo):
    """Another facilitator, who leads nothing of what is asked about."""
    return MembershipFactory(organization=ngo, roles={Role.FACILITATOR})


@pytest.fixture
def stranger():
    """A program coordinator, but of another NGO."""
    return MembershipFactory(organization__kind="ngo", roles={Role.PROGRAM_COORDINATOR})


@pytest.fixture
def cohort(ngo):
    return CohortFactory(organization=ngo, capacity=2)


@pytest.fixture
def session(cohort, facilitator):
    return SessionFactory(organization=cohort.organization, cohort=cohort, facilitator=facilitator)


@pytest.fixture
def url(ngo):
    """`url("cohort-list")`, `url("cohort-detail", cohort)`: addresses at our own door."""

    def address(name, row=None):
        keys = {"pk": row.pk} if row is not None else {}
        return reverse(f"programs-api:{name}", kwargs={"organization": ngo.code, **keys})

    return address
