"""A demo small enough for a test: the same stories over fewer weeks, under cheaper hashes."""

from datetime import date

import pytest
from django.core.management import call_command

from config.demo import life, nights
from config.demo.stories import Chronicle

DAY = date(2030, 3, 6)


@pytest.fixture
def demo_settings(settings):
    settings.RONDA_DEMO, settings.SECOND_FACTOR_REQUIRED = True, False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings


@pytest.fixture
def short(monkeypatch, demo_settings):
    """Two weeks of life instead of fourteen."""
    monkeypatch.setattr(nights, "WEEKS_BEHIND", 1)
    monkeypatch.setattr(nights, "DAYS_AHEAD", 6)
    call_command("load_territory", verbosity=0)


@pytest.fixture
def settled(short):
    """Everybody has a seat, and nothing has happened yet."""
    life.settle(Chronicle(seed=20, began_at=life.morning_of(DAY)))


@pytest.fixture
def demo(short):
    """A written demo whose story stopped on the morning of DAY."""
    life.write(seed=20, day=DAY)
