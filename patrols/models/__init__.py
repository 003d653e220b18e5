"""Shifts people sign up for, and the patrols that come of them."""

from patrols.models.availability import Availability
from patrols.models.certificates import HoursCertificate
from patrols.models.companions import Companion
from patrols.models.corrections import Correction, Objection
from patrols.models.duty import DutyTurn
from patrols.models.equipment import EquipmentItem, Loan
from patrols.models.feeds import CalendarFeed
from patrols.models.handovers import Acknowledgement, Handover, HandoverItem
from patrols.models.house import BoardRules
from patrols.models.joining import Joining, Qualification, Voucher
from patrols.models.lima import LIMA, night_of, today_in_lima
from patrols.models.patrols import TAKEN_AT, CrewMember, LogEntry, Move, Patrol, own_place
from patrols.models.proposals import Proposal, ProposedNight
from patrols.models.requests import Request
from patrols.models.roles import ShiftRole
from patrols.models.safety import Alarm, AlarmStep, SafetyCheck, Watch
from patrols.models.series import Series, SeriesException
from patrols.models.shifts import Shift, Signup
from patrols.models.suspensions import Suspension
from patrols.models.swaps import Swap
from patrols.models.tracks import Coverage, Track, TrackPoint
from patrols.models.visits import RouteStop, Skip, Visit

__all__ = [
    "LIMA",
    "TAKEN_AT",
    "Acknowledgement",
    "Alarm",
    "AlarmStep",
    "Availability",
    "BoardRules",
    "CalendarFeed",
    "Companion",
    "Correction",
    "Coverage",
    "CrewMember",
    "DutyTurn",
    "EquipmentItem",
    "Handover",
    "HandoverItem",
    "HoursCertificate",
    "Joining",
    "Loan",
    "LogEntry",
    "Move",
    "Objection",
    "Patrol",
    "Proposal",
    "ProposedNight",
    "Qualification",
    "Request",
    "RouteStop",
    "SafetyCheck",
    "Series",
    "SeriesException",
    "Shift",
    "ShiftRole",
    "Signup",
    "Skip",
    "Suspension",
    "Swap",
    "Track",
    "TrackPoint",
    "Visit",
    "Voucher",
    "Watch",
    "night_of",
    "own_place",
    "today_in_lima",
]
