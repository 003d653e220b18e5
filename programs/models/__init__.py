"""Programs and their cohorts and sessions, the people in them, their seats and who came."""

from programs.models.people import Consent, Guardian, NameToken, Participant
from programs.models.programs import Cohort, Program, Session
from programs.models.seats import Attendance, Enrollment

__all__ = [
    "Attendance",
    "Cohort",
    "Consent",
    "Enrollment",
    "Guardian",
    "NameToken",
    "Participant",
    "Program",
    "Session",
]
