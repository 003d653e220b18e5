"""The clock the nights go by."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

LIMA = ZoneInfo("America/Lima")


def night_of(starts_at: datetime) -> date:
    """The date of service: what starts before six in the morning in Lima is still last night."""
    return (starts_at.astimezone(LIMA) - timedelta(hours=6)).date()


def today_in_lima(at: datetime) -> date:
    """The day it is in Lima at a moment."""
    return at.astimezone(LIMA).date()
