"""What the tests of incidents share: a district with its board and its desk, and photos."""

from io import BytesIO

import pytest
import time_machine
from django.urls import reverse
from PIL import Image

from accounts.roles import Role
from tests.factories import NOON, MembershipFactory
from tests.incidents.factories import CategoryFactory, municipality


@pytest.fixture
def at_noon():
    """The doors read the clock: it is noon in Lima."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def desk(organization):
    """The municipality of the board's district."""
    return municipality(organization.ubigeo)


@pytest.fixture
def reviewer(desk):
    return MembershipFactory(organization=desk, roles={Role.REVIEWER})


@pytest.fixture
def colleague(desk):
    """Another reviewer of the same desk."""
    return MembershipFactory(organization=desk, roles={Role.REVIEWER})


@pytest.fixture
def chief(desk):
    return MembershipFactory(organization=desk, roles={Role.SECURITY_CHIEF})


@pytest.fixture
def fight():
    return CategoryFactory()


@pytest.fixture
def extortion():
    """A confidential and discreet type."""
    return CategoryFactory(
        code="EXT-01",
        name_es="Extorsión / cobro de cupos",
        severity=5,
        sensitivity=2,
        map_policy="hide",
        is_discreet=True,
    )


@pytest.fixture
def url():
    """`url(reviewer, "report-detail", report)`: addresses at one's own door."""

    def address(member, name, row=None):
        keys = {"pk": row.pk} if row is not None else {}
        return reverse(f"incidents-api:{name}", kwargs={"organization": member.organization.code, **keys})

    return address


@pytest.fixture
def photo():
    """Bytes of a picture: `photo()`, `photo(width=4000, height=3000, form="PNG", mode="RGBA")`."""

    def draw(width=64, height=48, form="JPEG", mode="RGB", color="red", **options):
        file = BytesIO()
        Image.new(mode, (width, height), color).save(file, form, **options)
        return file.getvalue()

    return draw
