"""The lives of a shift, a signup and a patrol, and the words for what kind of outing it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class PatrolKind(models.TextChoices):
    """Who goes out (GLOSSARY: these are not synonyms)."""

    NEIGHBOR_ROUND = "neighbor_round", _("Neighbors' patrol")
    MIXED_ROUND = "mixed_round", _("Mixed patrol (board, police, serenazgo)")
    INTEGRATED_PATROL = "integrated_patrol", _("Integrated patrol (serenazgo and police)")
    MUNICIPAL_PATROL = "municipal_patrol", _("Municipal patrol")
    SCHOOL_PROTECTION = "school_protection", _("School protection")
    CROSS_DISTRICT_PATROL = "cross_district_patrol", _("Patrol of several districts' serenazgo")
    SAFE_NEIGHBORHOOD = "safe_neighborhood", _("Safe neighborhood (police)")


# What neighbors may go out for; the others are the municipality's and the police's own.
FOR_BOARDS = (PatrolKind.NEIGHBOR_ROUND, PatrolKind.MIXED_ROUND, PatrolKind.SCHOOL_PROTECTION)
# The ministry's modality for an outing of this kind (RM 0427-2024-IN), as it is reported to it; the
# others have none that we know of.
MINISTRY_CODE = {
    PatrolKind.MIXED_ROUND: "070204",
    PatrolKind.CROSS_DISTRICT_PATROL: "070203",
    PatrolKind.SCHOOL_PROTECTION: "070102",
}


class ShiftStatus(models.TextChoices):
    """Where a planned outing stands."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


SHIFT = Life(
    {
        ShiftStatus.DRAFT: {
            "publish": ShiftStatus.OPEN,
            "change": ShiftStatus.DRAFT,
            "cancel": ShiftStatus.CANCELLED,
        },
        ShiftStatus.OPEN: {
            "change": ShiftStatus.OPEN,
            "sign_up": ShiftStatus.OPEN,
            "place": ShiftStatus.OPEN,
            "close": ShiftStatus.CLOSED,
            "cancel": ShiftStatus.CANCELLED,
            "take_back": ShiftStatus.DRAFT,  # only while nobody has signed up
        },
        # Closed takes nobody new; it may still be moved, and its waiting list goes on.
        ShiftStatus.CLOSED: {
            "change": ShiftStatus.CLOSED,
            "place": ShiftStatus.CLOSED,
            "reopen": ShiftStatus.OPEN,
            "cancel": ShiftStatus.CANCELLED,
        },
    }
)
PUBLISHED = (ShiftStatus.OPEN, ShiftStatus.CLOSED)


class SignupStatus(models.TextChoices):
    """Whether somebody comes along."""

    CONFIRMED = "confirmed", _("Signed up")
    WAITLISTED = "waitlisted", _("On the waiting list")
    OFFERED = "offered", _("Place offered")
    DECLINED = "declined", _("Offer declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


SIGNUP = Life(
    {
        SignupStatus.CONFIRMED: {
            "confirm_attending": SignupStatus.CONFIRMED,
            "withdraw": SignupStatus.WITHDRAWN,
        },
        SignupStatus.WAITLISTED: {
            "take_place": SignupStatus.CONFIRMED,
            "offer": SignupStatus.OFFERED,
            "withdraw": SignupStatus.WITHDRAWN,
        },
        SignupStatus.OFFERED: {
            "accept": SignupStatus.CONFIRMED,
            "decline": SignupStatus.DECLINED,
            "lapse": SignupStatus.DECLINED,
            "withdraw": SignupStatus.WITHDRAWN,
        },
        # Whoever left may come back, at the end of the line. A newcomer starts as one who left.
        SignupStatus.DECLINED: {
            "take_place": SignupStatus.CONFIRMED,
            "wait": SignupStatus.WAITLISTED,
        },
        SignupStatus.WITHDRAWN: {
            "take_place": SignupStatus.CONFIRMED,
            "wait": SignupStatus.WAITLISTED,
        },
    }
)
# An offer holds its place until it is answered or runs out.
HOLDS_A_PLACE = (SignupStatus.CONFIRMED, SignupStatus.OFFERED)
IN = (*HOLDS_A_PLACE, SignupStatus.WAITLISTED)


class PatrolStatus(models.TextChoices):
    """Where an outing is, from the first briefing to the coordinator's reading."""

    PLANNED = "planned", _("Planned")
    BRIEFING = "briefing", _("Briefing")
    ACTIVE = "active", _("On patrol")
    PAUSED = "paused", _("Paused")
    DEBRIEF = "debrief", _("Debrief")
    CLOSED = "closed", _("Closed")
    REVIEWED = "reviewed", _("Reviewed")
    CANCELLED = "cancelled", _("Cancelled")
    ABORTED_FOR_SAFETY = "aborted_for_safety", _("Ended for safety")
    MISSED = "missed", _("Did not go out")


PATROL = Life(
    {
        PatrolStatus.PLANNED: {
            "open_briefing": PatrolStatus.BRIEFING,
            "cancel": PatrolStatus.CANCELLED,
            "miss": PatrolStatus.MISSED,
        },
        PatrolStatus.BRIEFING: {
            "check_in": PatrolStatus.BRIEFING,
            "excuse": PatrolStatus.BRIEFING,
            "add_entry": PatrolStatus.BRIEFING,
            "start": PatrolStatus.ACTIVE,
            "cancel": PatrolStatus.CANCELLED,
            "miss": PatrolStatus.MISSED,
        },
        PatrolStatus.ACTIVE: {
            "check_in": PatrolStatus.ACTIVE,
            "leave": PatrolStatus.ACTIVE,
            "excuse": PatrolStatus.ACTIVE,
            "add_entry": PatrolStatus.ACTIVE,
            "pause": PatrolStatus.PAUSED,
            "finish": PatrolStatus.DEBRIEF,
            "auto_close": PatrolStatus.CLOSED,
            "abort_for_safety": PatrolStatus.ABORTED_FOR_SAFETY,
        },
        PatrolStatus.PAUSED: {
            "check_in": PatrolStatus.PAUSED,
            "leave": PatrolStatus.PAUSED,
            "excuse": PatrolStatus.PAUSED,
            "add_entry": PatrolStatus.PAUSED,
            "resume": PatrolStatus.ACTIVE,
            "finish": PatrolStatus.DEBRIEF,
            "auto_close": PatrolStatus.CLOSED,
            "abort_for_safety": PatrolStatus.ABORTED_FOR_SAFETY,
        },
        PatrolStatus.DEBRIEF: {
            "add_entry": PatrolStatus.DEBRIEF,
            "hand_over": PatrolStatus.DEBRIEF,
            "excuse": PatrolStatus.DEBRIEF,
            "correct": PatrolStatus.DEBRIEF,
            "close": PatrolStatus.CLOSED,
            "auto_close": PatrolStatus.CLOSED,
        },
        # What was written on the street without signal is kept whenever it arrives.
        PatrolStatus.CLOSED: {
            "add_late_entry": PatrolStatus.CLOSED,
            "hand_over": PatrolStatus.CLOSED,
            "excuse": PatrolStatus.CLOSED,
            "correct": PatrolStatus.CLOSED,
            "review": PatrolStatus.REVIEWED,
        },
        PatrolStatus.ABORTED_FOR_SAFETY: {
            "add_late_entry": PatrolStatus.ABORTED_FOR_SAFETY,
            "hand_over": PatrolStatus.ABORTED_FOR_SAFETY,
            "excuse": PatrolStatus.ABORTED_FOR_SAFETY,
            "correct": PatrolStatus.ABORTED_FOR_SAFETY,
            "review": PatrolStatus.REVIEWED,
        },
        PatrolStatus.REVIEWED: {
            "add_late_entry": PatrolStatus.REVIEWED,
            "hand_over": PatrolStatus.REVIEWED,
            "excuse": PatrolStatus.REVIEWED,
            "correct": PatrolStatus.REVIEWED,
        },
    }
)
ON_THE_STREET = (PatrolStatus.ACTIVE, PatrolStatus.PAUSED)
# What only the clock concluded gives way to what a crew did in that night without signal: the patrol is
# again where the clock found it, and the step is taken from there.
GIVING_WAY = Life(
    {
        PatrolStatus.MISSED: {
            "back_to_planned": PatrolStatus.PLANNED,
            "back_to_briefing": PatrolStatus.BRIEFING,
        },
        PatrolStatus.CLOSED: {
            "back_to_active": PatrolStatus.ACTIVE,
            "back_to_paused": PatrolStatus.PAUSED,
            "back_to_debrief": PatrolStatus.DEBRIEF,
        },
    }
)
# The steps it gives way to. The others need not wake a patrol that the clock closed.
GIVES_WAY_TO = {
    PatrolStatus.MISSED: ("open_briefing", "check_in", "start"),
    PatrolStatus.CLOSED: ("finish", "close", "abort_for_safety"),
}
_TOLD_AFTER = ("open_briefing", "check_in", "leave", "start", "pause", "resume")
# What a phone without signal tells when the night has gone on, or another phone has told it already: kept
# with its own moment, it moves nothing on, and what is known of the night is put together again.
IN_RETROSPECT = Life(
    {
        PatrolStatus.BRIEFING: dict.fromkeys(("open_briefing", "check_in"), PatrolStatus.BRIEFING),
        PatrolStatus.ACTIVE: dict.fromkeys(_TOLD_AFTER, PatrolStatus.ACTIVE),
        PatrolStatus.PAUSED: dict.fromkeys(_TOLD_AFTER, PatrolStatus.PAUSED),
        PatrolStatus.DEBRIEF: dict.fromkeys((*_TOLD_AFTER, "finish"), PatrolStatus.DEBRIEF),
        PatrolStatus.CLOSED: dict.fromkeys((*_TOLD_AFTER, "finish"), PatrolStatus.CLOSED),
        PatrolStatus.ABORTED_FOR_SAFETY: dict.fromkeys(
            (*_TOLD_AFTER, "abort_for_safety"), PatrolStatus.ABORTED_FOR_SAFETY
        ),
    }
)
# What people said stands against these steps for good: to send them again would not help. Nor would it
# help to call a night off of which the clock noted that nobody went out.
STANDS_AGAINST = {
    PatrolStatus.MISSED: ("cancel",),
    PatrolStatus.DEBRIEF: ("abort_for_safety", "cancel"),
    PatrolStatus.CLOSED: ("close", "abort_for_safety", "cancel"),
    PatrolStatus.ABORTED_FOR_SAFETY: ("finish", "close", "cancel"),
    PatrolStatus.REVIEWED: (*_TOLD_AFTER, "finish", "close", "abort_for_safety", "pledge", "cancel"),
    PatrolStatus.CANCELLED: (*_TOLD_AFTER, "finish", "close", "abort_for_safety", "pledge", "cancel"),
}
TOGETHER = (PatrolStatus.BRIEFING, *ON_THE_STREET, PatrolStatus.DEBRIEF)
NOT_BEGUN = (PatrolStatus.PLANNED, PatrolStatus.BRIEFING, PatrolStatus.CANCELLED, PatrolStatus.MISSED)
FINISHED = (PatrolStatus.CLOSED, PatrolStatus.REVIEWED, PatrolStatus.ABORTED_FOR_SAFETY)
UNREAD = (PatrolStatus.CLOSED, PatrolStatus.ABORTED_FOR_SAFETY)
ENDED = (PatrolStatus.DEBRIEF, *FINISHED)
LEADERLESS = (PatrolStatus.PLANNED, PatrolStatus.CANCELLED, PatrolStatus.MISSED)


class SafetyReason(models.TextChoices):
    """Why a crew broke off: a code, so that nobody has to write while they leave."""

    DANGER = "danger", _("Danger on the street")
    THREAT = "threat", _("The crew was threatened")
    INJURY = "injury", _("Somebody was hurt or fell ill")
    CREW_SHORT = "crew_short", _("Too few people left")
    WEATHER = "weather", _("Weather or darkness")
    ASKED_TO_LEAVE = "asked_to_leave", _("The police asked us to leave")


class OverrideReason(models.TextChoices):
    """Why a leader took out fewer people than planned: a code. Two is the least, whatever the reason."""

    ACCOMPANIED = "accompanied", _("Police or serenazgo walk along")
    REST_COMES = "rest_comes", _("The others are on their way")
    SHORT_ROUND = "short_round", _("A shorter round, close by")


class Attendance(models.TextChoices):
    """What happened, in the end, with one member of the crew."""

    EXPECTED = "expected", _("Expected")
    PRESENT = "present", _("Present")
    LATE = "late", _("Late")
    LEFT_EARLY = "left_early", _("Left early")
    EXCUSED = "excused", _("Excused")
    NO_SHOW = "no_show", _("Did not come")


# Whoever counts when a crew must be big enough to go.
HERE = (Attendance.PRESENT, Attendance.LATE)
# Whoever was out there, if only for a part of it.
WALKED = (*HERE, Attendance.LEFT_EARLY)


class LogKind(models.TextChoices):
    """What a line of the patrol log is."""

    NOTE = "note", _("Note")
    NOTHING_TO_REPORT = "nothing_to_report", _("Nothing to report")
