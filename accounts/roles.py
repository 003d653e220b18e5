"""Who may do what. Read this file to answer every permission question."""

from enum import StrEnum, auto

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(StrEnum):
    """One thing a person can be allowed to do."""

    ACCOUNT_OWN = auto()  # one's own devices, inbox, session
    ORGANIZATION_FOUND = auto()  # held by the operators' job alone
    PEOPLE_VIEW = auto()
    PEOPLE_NAMES = auto()  # real names and phones; everybody else reads aliases
    PEOPLE_INVITE = auto()
    DEVICE_RETIRE = auto()
    SECOND_STEP_RESET = auto()  # no role: only the operator's command
    SESSIONS_SWEEP = auto()  # no role: only the clock's chore
    SHIFT_VIEW = auto()
    SHIFT_PLAN = auto()
    SHIFT_SIGN_UP = auto()
    JOINING_OWN = auto()  # see one's own way to the first patrol, sign, practise
    JOINING_VOUCH = auto()  # answer for a neighbor one knows in person
    JOINING_DECIDE = auto()  # lead newcomers of one's board along that way, and stop members
    JOINING_FOUND = auto()  # the municipality's part: first coordinators, and boards with too few to vouch
    APPOINTMENT_PROPOSE = auto()  # new boards and NGOs of one's district, another coordinator
    APPOINTMENT_CONFIRM = auto()  # be the second person, without whom nothing of it happens
    APPOINTMENTS_LAPSE = auto()  # no role: only the clock's chore
    RULES_SET = auto()  # the hours a board lives by
    PATROLS_SUSPEND = auto()  # the district's switch
    PATROL_VIEW = auto()
    PATROL_RUN = auto()
    PATROL_REVIEW = auto()
    COMPANION_VIEW = auto()  # units of police and serenazgo that come along
    COMPANION_ANSWER = auto()
    ALARM_VIEW = auto()  # alarms one is part of: the crew's own, the board's, the district's
    ALARM_ANSWER = auto()  # look after an alarm: call back, close it
    DUTY_PLAN = auto()  # who of the desk answers alarms, and when
    SAFETY_WATCH = auto()  # no role: only the clock's chore that notices silence
    TRACK_FORGET = auto()  # no role: only the clock's chore that lets go of where people walked
    SCHEDULE_VIEW = auto()  # the municipality's look at its district's boards
    PLACES_VIEW = auto()
    PLACES_MARK = auto()  # the spots a board wants visited
    PLACES_IMPORT = auto()  # districts, boundaries, emergency lines: no role, only the operator's commands
    AUDIT_VIEW = auto()
    REPORT_FILE = auto()  # send a report, follow one's own
    REPORT_VIEW = auto()
    REPORT_CONFIDENTIAL = auto()  # confidential ones that nobody holds yet
    REPORT_HANDLE = auto()
    REPORT_NEWS = auto()  # no role: only the clock's chore that tells whoever reported
    CATEGORIES_LOAD = auto()  # no role: only the operator's command
    PROGRAM_VIEW = auto()
    PROGRAM_PLAN = auto()
    PARTICIPANT_REGISTER = auto()
    PARTICIPANT_NAMES = auto()  # real names and guardians, each opening on record
    ENROLLMENT_DECIDE = auto()
    ATTENDANCE_MARK = auto()
    ATTENDANCE_ACCEPT = auto()
    PHONE_SYNC = auto()
    QUARANTINE_VIEW = auto()  # what phones sent and nobody could read
    SUMMARY_VIEW = auto()
    FIGURES_PUBLISH = auto()  # no role: only the clock's chore


class Role(models.TextChoices):
    """What a member is in an organization. A member may be several things."""

    VOLUNTEER = "volunteer", _("Volunteer")
    PATROL_LEADER = "patrol_leader", _("Patrol leader")
    COORDINATOR = "coordinator", _("Coordinator")
    REVIEWER = "reviewer", _("Reviewer")
    SECURITY_CHIEF = "security_chief", _("Security chief")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    PROGRAM_COORDINATOR = "program_coordinator", _("Program coordinator")
    FACILITATOR = "facilitator", _("Facilitator")
    OPERATOR = "operator", _("Operator")


P = Permission
MEMBER = {P.ACCOUNT_OWN, P.PLACES_VIEW}
PATROLLER = MEMBER | {
    *{P.SHIFT_VIEW, P.SHIFT_SIGN_UP, P.PATROL_VIEW, P.PATROL_RUN},
    *{P.REPORT_FILE, P.PHONE_SYNC, P.SUMMARY_VIEW, P.JOINING_OWN, P.JOINING_VOUCH, P.ALARM_VIEW},
}
DESK = MEMBER | {
    *{P.SCHEDULE_VIEW, P.SHIFT_VIEW, P.PATROL_VIEW, P.REPORT_VIEW, P.REPORT_HANDLE, P.SUMMARY_VIEW},
    *{P.COMPANION_VIEW, P.COMPANION_ANSWER},
    *{P.ALARM_VIEW, P.ALARM_ANSWER, P.DUTY_PLAN},
}
FOUNDER = {P.JOINING_FOUND, P.JOINING_VOUCH, P.JOINING_DECIDE, P.APPOINTMENT_PROPOSE}
TEACHER = MEMBER | {P.PROGRAM_VIEW, P.ATTENDANCE_MARK, P.PHONE_SYNC}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.VOLUNTEER: frozenset(PATROLLER),
    Role.PATROL_LEADER: frozenset(PATROLLER),
    Role.COORDINATOR: frozenset(
        PATROLLER
        | {P.SHIFT_PLAN, P.PATROL_REVIEW, P.COMPANION_VIEW, P.COMPANION_ANSWER, P.JOINING_DECIDE}
        | {P.ALARM_ANSWER, P.RULES_SET, P.PLACES_MARK}
        | {P.PEOPLE_VIEW, P.PEOPLE_NAMES, P.PEOPLE_INVITE, P.DEVICE_RETIRE}
    ),
    Role.REVIEWER: frozenset(DESK | FOUNDER),
    Role.SECURITY_CHIEF: frozenset(
        DESK | FOUNDER | {P.PEOPLE_VIEW, P.REPORT_CONFIDENTIAL, P.PATROLS_SUSPEND, P.APPOINTMENT_CONFIRM}
    ),
    Role.PRIVACY_OFFICER: frozenset(MEMBER | FOUNDER | {P.AUDIT_VIEW, P.PEOPLE_VIEW, P.APPOINTMENT_CONFIRM}),
    Role.PROGRAM_COORDINATOR: frozenset(
        TEACHER
        | {P.PEOPLE_VIEW, P.SUMMARY_VIEW, P.PROGRAM_PLAN, P.PARTICIPANT_REGISTER, P.PARTICIPANT_NAMES}
        | {P.ENROLLMENT_DECIDE, P.ATTENDANCE_ACCEPT}
    ),
    Role.FACILITATOR: frozenset(TEACHER),
    Role.OPERATOR: frozenset(
        MEMBER | {P.AUDIT_VIEW, P.PEOPLE_VIEW, P.PEOPLE_NAMES, P.PEOPLE_INVITE, P.QUARANTINE_VIEW}
    ),
}

# Volunteers sign in with an enrolled device and a PIN; everybody else needs a second factor.
DEVICE_ROLES = frozenset({Role.VOLUNTEER, Role.PATROL_LEADER})
STAFF_ROLES = frozenset(Role) - DEVICE_ROLES

# Which roles make sense in which kind of organization.
ROLES_OF_KIND: dict[str, frozenset[Role]] = {
    "board": DEVICE_ROLES | {Role.COORDINATOR},
    "municipality": frozenset({Role.REVIEWER, Role.SECURITY_CHIEF, Role.PRIVACY_OFFICER}),
    "ngo": frozenset({Role.PROGRAM_COORDINATOR, Role.FACILITATOR}),
    "installation": frozenset({Role.OPERATOR}),
}

# Which roles an inviter may give or take, within their own organization.
GIVES: dict[Role, frozenset[Role]] = {
    Role.COORDINATOR: DEVICE_ROLES,
    Role.OPERATOR: frozenset(Role),
}
