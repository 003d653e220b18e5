"""A demo small enough for a test: the same stories over fewer weeks, under cheaper hashes."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from config.demo import life, nights, youth
from config.demo.stories import Chronicle

DAY = date(2030, 3, 6)


@pytest.fixture
def demo_settings(settings):
    settings.RONDA_DEMO, settings.SECOND_FACTOR_REQUIRED = True, False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return settings


@pytest.fixture
def short(monkeypatch, demo_settings, tmp_path):
    """A few weeks of life instead of fourteen, its photos in a folder of their own."""
    monkeypatch.setattr(nights, "WEEKS_BEHIND", 1)
    monkeypatch.setattr(nights, "DAYS_AHEAD", 6)
    monkeypatch.setattr(youth, "WEEKS_BEHIND", 2)
    monkeypatch.setattr(life, "SETTLING", timedelta(days=35))
    demo_settings.MEDIA_ROOT = tmp_path
    call_command("load_territory", verbosity=0)
    call_command("load_categories", verbosity=0)


@pytest.fixture
def settled(short):
    """Everybody has a seat, and nothing has happened yet."""
    life.settle(Chronicle(seed=20, began_at=life.morning_of(DAY)))


@pytest.fixture
def demo(short):
    """A written demo whose story stopped on the morning of DAY."""
    life.write(seed=20, day=DAY)
