"""The made-up room these tests tell stories about."""

import pytest

from tests.notifications.world import World


@pytest.fixture
def world():
    return World()
