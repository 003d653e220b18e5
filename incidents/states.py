"""The life of a report, how grave one is, and the words that go with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from rules.states import Life


class ReportStatus(models.TextChoices):
    """Where a report stands at its desk."""

    RECEIVED = "received", _("Received")
    TRIAGED = "triaged", _("Read")
    VERIFIED = "verified", _("Verified")
    IN_PROGRESS = "in_progress", _("In progress")
    RESOLVED = "resolved", _("Resolved")
    UNFOUNDED = "unfounded", _("Not confirmed")
    DUPLICATE = "duplicate", _("Reported before")


ANYWHERE = ("note", "correct", "retract", "attach")


def _with(status: ReportStatus, **moves: ReportStatus) -> dict[str, ReportStatus]:
    """What can happen in a state: its own moves, and what may be added anywhere."""
    return moves | dict.fromkeys(ANYWHERE, status)


S = ReportStatus
ENDINGS = {"dismiss": S.UNFOUNDED, "mark_duplicate": S.DUPLICATE}
REPORT = Life(
    {
        S.RECEIVED: _with(
            S.RECEIVED, triage=S.TRIAGED, assign=S.RECEIVED, mark_duplicate=S.DUPLICATE, undo=S.RECEIVED
        ),
        S.TRIAGED: _with(
            S.TRIAGED, verify=S.VERIFIED, triage=S.TRIAGED, assign=S.TRIAGED, answer=S.TRIAGED, **ENDINGS
        ),
        S.VERIFIED: _with(
            S.VERIFIED,
            start_work=S.IN_PROGRESS,
            resolve=S.RESOLVED,
            assign=S.VERIFIED,
            answer=S.VERIFIED,
            **ENDINGS,
        ),
        S.IN_PROGRESS: _with(
            S.IN_PROGRESS, resolve=S.RESOLVED, assign=S.IN_PROGRESS, answer=S.IN_PROGRESS, **ENDINGS
        ),
        S.RESOLVED: _with(S.RESOLVED, reopen=S.TRIAGED, answer=S.RESOLVED),
        S.UNFOUNDED: _with(S.UNFOUNDED, reopen=S.TRIAGED, answer=S.UNFOUNDED),
        S.DUPLICATE: _with(S.DUPLICATE, reopen=S.TRIAGED, answer=S.DUPLICATE),
    }
)
OPEN = (S.RECEIVED, S.TRIAGED, S.VERIFIED, S.IN_PROGRESS)
ENDED = (S.RESOLVED, S.UNFOUNDED, S.DUPLICATE)
# What whoever reported may do; the rest is the desk's.
REPORTERS = ("undo", "correct", "retract", "attach")


class Confidentiality(models.TextChoices):
    """Who may learn who reported."""

    ANONYMOUS = "anonymous", _("Anonymous")
    RESERVED = "reserved", _("Reserved")
    NAMED = "named", _("With my name")


class EntryKind(models.TextChoices):
    """What somebody wrote about a report."""

    NOTE = "note", _("Note")
    ANSWER = "answer", _("Answer")
    CORRECTION = "correction", _("Correction")
    RETRACTION = "retraction", _("Retraction")


# What passes between the desk and whoever reported; notes stay at the desk.
SHARED = (EntryKind.ANSWER, EntryKind.CORRECTION, EntryKind.RETRACTION)


class MapPolicy(models.TextChoices):
    """How a type of incident may be drawn on a map."""

    EXACT = "exact", _("At its place")
    BLUR = "blur", _("Within a few blocks")
    HIDE = "hide", _("Not at all")


class Behavior(models.TextChoices):
    """What somebody was seen doing. How somebody looks is no behavior and has no entry here."""

    TRYING_DOORS = "trying_doors", _("Trying doors or windows")
    FORCING_A_LOCK = "forcing_a_lock", _("Forcing a lock or a vehicle")
    FOLLOWING = "following", _("Following a person")
    WATCHING_AGAIN = "watching_again", _("Watching one place again and again")
    CIRCLING = "circling", _("Driving round the same block many times")
    HANDING_OVER = "handing_over", _("Handing things over, again and again, and hiding it")
    HIDING = "hiding", _("Hiding when somebody comes")


class Sensitivity(models.IntegerChoices):
    """Who may see a report at its desk."""

    NORMAL = 0, _("Normal")
    RESTRICTED = 1, _("Restricted")
    CONFIDENTIAL = 2, _("Confidential")


MOST_SEVERE = 5
URGENT = 4  # from here on the desk is told at once


def severity(
    base: int,
    *,
    is_in_progress: bool = False,
    is_someone_hurt: bool = False,
    has_weapon: bool = False,
    is_child_involved: bool = False,
) -> int:
    """How grave a report is, 1 to 5: what its type weighs by itself plus what was seen there.

    Source: docs/decisions/0011. Never lower for one thing more, never above 5.
    """
    points = base + 2 * is_someone_hurt + 2 * has_weapon + is_child_involved
    points += is_in_progress and base >= 3  # a noise is always still going on; a fight can be stopped
    return min(points, MOST_SEVERE)


class ArrestStatus(models.TextChoices):
    """Where the record of a citizen's arrest stands."""

    SENT = "sent", _("Sent, not read yet")
    REVIEWED = "reviewed", _("Read by the municipality")


# There is no verb that holds anybody. What is added after the reading is read again.
ARREST = Life(
    {
        ArrestStatus.SENT: {"review": ArrestStatus.REVIEWED, "correct": ArrestStatus.SENT},
        ArrestStatus.REVIEWED: {"correct": ArrestStatus.SENT},
    }
)


class ArrestEntryKind(models.TextChoices):
    """What was written about such a record after it was sent."""

    CORRECTION = "correction", _("Correction")
    REVIEW = "review", _("The desk's reading")
