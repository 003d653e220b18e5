"""People and doors every test may ask for."""

import pytest
from django.conf import settings
from django.test import Client, TransactionTestCase, override_settings
from rest_framework.test import APIClient

from accounts.roles import Role
from audit import triggers
from tests.crowds import open_doors
from tests.factories import MembershipFactory, OrganizationFactory


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_triggers():
    """A test with `transaction=True` ends by emptying every table, which the trail refuses."""
    empty_tables = TransactionTestCase._fixture_teardown

    def lifted(case):
        triggers.lift()
        empty_tables(case)
        triggers.install()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lifted)
        yield


@pytest.fixture(autouse=True)
def _database(db):
    pass


@pytest.fixture
def crowd_server():
    """A live server that 200 people can reach at once: its address."""
    with open_doors() as address:
        yield address


@pytest.fixture
def organization():
    return OrganizationFactory()


@pytest.fixture
def coordinator(organization):
    return MembershipFactory(organization=organization)


@pytest.fixture
def volunteer(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def stranger():
    """A coordinator, but of another organization."""
    return MembershipFactory()


@pytest.fixture
def as_():
    """Act over the JSON door: `as_(coordinator).get(...)`."""

    def sign_in(membership):
        client = APIClient()
        client.force_authenticate(membership.user)
        return client

    return sign_in


@pytest.fixture
def browsing():
    """Act over the HTML door: `browsing(coordinator).get(...)`."""

    def sign_in(membership):
        client = Client()
        client.force_login(membership.user)
        return client

    return sign_in


@pytest.fixture(autouse=True, scope="session")
def _plain_static_names():
    """Pages name their files as they lie in static/: hashing them is the start's work, not a test's."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES=settings.STORAGES | {"staticfiles": plain}):
        yield
