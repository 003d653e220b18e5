"""The nights people signed up for: reminders, changes, offers, shortages, the week."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice
from patrols import queries
from patrols.models import LIMA, Patrol, Shift, Signup
from patrols.queries import holding, promises, shortages, weeks
from patrols.states import ShiftStatus, SignupStatus


@dataclass(frozen=True)
class Now:
    """The shift a notice speaks of and its reader's signup, as they are at this moment."""

    shift: Any
    signup: Signup | None
    at: datetime

    @property
    def is_promised(self) -> bool:
        """Whether the shift will still take place."""
        return bool(self.shift.is_published) and self.at < self.shift.starts_at

    @property
    def goes(self) -> bool:
        return self.signup is not None and self.signup.status == SignupStatus.CONFIRMED

    @property
    def is_short(self) -> bool:
        return bool(self.shift.confirmed < self.shift.minimum_crew)

    @property
    def is_incomplete(self) -> bool:
        """Whether people are missing, or somebody to lead the newcomers among them."""
        return self.is_short or holding.is_unled(self.shift)

    @property
    def is_suspended(self) -> bool:
        """Whether the district stays at home then: it was told so, and no reminder may call it out."""
        return queries.suspension_over(self.shift) is not None

    def words(self) -> dict[str, str]:
        """When it is, as people write it here."""
        return {"day": day(self.shift.starts_at), "time": hour(self.shift.starts_at)}


def day(moment: datetime) -> str:
    return formats.date_format(moment.astimezone(LIMA), "l d/m")


def hour(moment: datetime) -> str:
    return formats.date_format(moment.astimezone(LIMA), "H:i")


def say_day_before(now: Now) -> Message | None:
    if not now.goes or now.is_suspended or now.shift.is_held:
        return None
    body = _("%(day)s at %(time)s. Tell us whether you are coming.") % now.words()
    if now.is_incomplete:
        body = f"{do_not_go()} {body}"
    return Message(_("Your patrol is coming up"), body, to_mine(now))


def say_soon(now: Now) -> Message | None:
    if not now.goes or now.is_suspended or now.shift.is_held:
        return None
    if now.is_incomplete:
        return Message(_("Your patrol is short of people"), do_not_go(), to_mine(now))
    body = _("At %(time)s. Open Ronda to see where you meet.") % now.words()
    return Message(_("Your patrol starts soon"), body, to_mine(now))


def say_changed(now: Now) -> Message | None:
    if now.signup is None or not now.signup.is_in:
        return None
    body = _("It is now %(day)s at %(time)s. Open Ronda to see what is different.") % now.words()
    return Message(_("Your patrol changed"), unless_held(now, body), to_mine(now))


def say_cancelled(now: Now) -> Message | None:
    if now.signup is None or not now.signup.is_in or now.shift.status != ShiftStatus.CANCELLED:
        return None
    body = _("The patrol of %(day)s at %(time)s will not take place.") % now.words()
    return Message(_("Your patrol was called off"), body, to_mine(now))


def say_offered(now: Now) -> Message | None:
    signup = now.signup
    if signup is None or signup.offer_expires_at is None or not signup.offer_stands(now.at):
        return None
    until = {"day": day(signup.offer_expires_at), "time": hour(signup.offer_expires_at)}
    body = _("Answer before %(day)s %(time)s, or it goes to the next in line.") % until
    return Message(_("A place is free for you"), body, to_offer(now))


def say_short(now: Now) -> Message | None:
    if now.shift.is_held:
        return None
    if not now.is_short:
        return say_unled(now)
    counts = {"confirmed": now.shift.confirmed, "minimum": now.shift.minimum_crew}
    body = _("%(day)s at %(time)s: %(confirmed)s of at least %(minimum)s people.") % (now.words() | counts)
    return Message(_("A patrol is short of people"), body, to_fill(now))


def say_unled(now: Now) -> Message | None:
    if not holding.is_unled(now.shift):
        return None
    body = _("%(day)s at %(time)s: somebody new comes, and nobody who may lead the patrol.") % now.words()
    return Message(_("A patrol has no leader"), body, to_fill(now))


def say_if_not_tonight(notice: Notice, at: datetime) -> Message | None:
    """Nobody goes out: true as long as the night is held, also after the hour it would have begun."""
    now = look(notice, at)
    if now is None or not now.shift.is_published or not now.shift.is_held or now.shift.ends_at <= at:
        return None
    if not now.goes:
        body = _("The patrol of %(time)s is held: people are missing. The crew was told to stay at home.")
        return Message(_("Nobody goes out today"), body % now.words(), to_fill(now))
    body = _("People are missing for the patrol of %(time)s. Stay at home. If it is complete, we tell you.")
    return Message(_("Nobody goes out today"), body % now.words(), to_mine(now))


def say_if_forgotten(notice: Notice, at: datetime) -> Message | None:
    """Nobody said that they were back: true until somebody has read that patrol."""
    patrols = shortages.nobody_ended(Patrol.objects.filter(pk=notice.subject_id))
    patrol = patrols.select_related("shift", "organization").first()
    if patrol is None:
        return None
    body = _("Nobody ended the patrol of %(day)s at %(time)s, so Ronda closed it. Is everybody home?")
    return _of_patrol(patrol, _("Are you back?"), body)


def say_if_came_late(notice: Notice, at: datetime) -> Message | None:
    """The crew was back, and could not say so: true once its end is known."""
    patrols = Patrol.objects.filter(pk=notice.subject_id, came_late_at__isnull=False, ended_at__isnull=False)
    patrol = patrols.select_related("shift", "organization").first()
    if patrol is None:
        return None
    body = _("The patrol of %(day)s at %(time)s came back: it had no signal, and what it wrote came late.")
    return _of_patrol(patrol, _("They came back"), body)


def _of_patrol(patrol: Patrol, title: str, body: str) -> Message:
    words = {"day": day(patrol.shift.starts_at), "time": hour(patrol.shift.starts_at)}
    address = reverse("patrols:patrol", args=[patrol.organization.code, patrol.pk])
    return Message(title, body % words, address)


def say_placed(now: Now) -> Message | None:
    if not now.goes:
        return None
    body = _("%(day)s at %(time)s. If you cannot come, say so here.") % now.words()
    return Message(_("Your coordinator put your name down"), unless_held(now, body), to_mine(now))


def say_left_late(now: Now) -> Message | None:
    counts = {"confirmed": now.shift.confirmed, "minimum": now.shift.minimum_crew}
    body = _("%(day)s at %(time)s: %(confirmed)s come now; at least %(minimum)s are needed.")
    return Message(_("Somebody cannot come after all"), body % (now.words() | counts), to_fill(now))


def say_held(now: Now) -> Message | None:
    if not now.goes or not now.is_incomplete or now.shift.is_held:
        return None
    return Message(_("Your patrol is short of people"), do_not_go(), to_mine(now))


def say_complete(now: Now) -> Message | None:
    if now.is_incomplete or now.is_suspended or now.shift.is_held:
        return None
    if not now.goes:
        body = _("The patrol of %(time)s is on again: enough people are coming. The crew was told so.")
        return Message(_("Somebody goes out after all"), body % now.words(), to_fill(now))
    body = _("Enough people are coming. At %(time)s.") % now.words()
    return Message(_("Your crew is complete"), body, to_mine(now))


def do_not_go() -> str:
    return _("People are missing: do not go out yet.")


def unless_held(now: Now, body: str) -> str:
    """Nothing said of a held night may sound as if it took place: it may be the last that is read."""
    return f"{do_not_go()} {body}" if now.shift.is_held else body


def say_own_week(notice: Notice, at: datetime) -> Message | None:
    """What one person did last week, and what is next."""
    member = Membership.objects.select_related("organization").filter(pk=notice.recipient_id).first()
    if member is None:
        return None
    monday = weeks.week_named(notice.occasion)
    week = queries.own_weeks(monday, [member.pk]).get(member.pk)
    lines = [_own_week(week)] if week else []
    following = queries.next_of(member, at)
    if following is not None:
        lines.append(
            _("Your next patrol: %(day)s at %(time)s.")
            % {"day": day(following.starts_at), "time": hour(following.starts_at)}
        )
    return Message(_("Your week"), " ".join(lines), to_summary(member, monday)) if lines else None


def say_board_week(notice: Notice, at: datetime) -> Message | None:
    """What the board did last week."""
    member = Membership.objects.select_related("organization").filter(pk=notice.recipient_id).first()
    if member is None:
        return None
    monday = weeks.week_named(notice.occasion)
    week = queries.board_week(member.organization_id, monday)
    return Message(_("Your board's week"), _board_week(week), to_summary(member, monday))


def _own_week(week: queries.OwnWeek) -> str:
    counts = {"count": week.patrols, "hours": formats.number_format(week.hours, 1)}
    return (
        ngettext(
            "You went out %(count)s time, %(hours)s hours. Thank you.",
            "You went out %(count)s times, %(hours)s hours. Thank you.",
            week.patrols,
        )
        % counts
    )


def _board_week(week: queries.BoardWeek) -> str:
    counts = {
        "count": week.patrols,
        "hours": formats.number_format(week.hours, 1),
        "people": week.people,
        "missed": week.missed,
        "cancelled": week.cancelled,
    }
    done = ngettext(
        "%(count)s patrol, %(hours)s hours on the street, people who went out: %(people)s.",
        "%(count)s patrols, %(hours)s hours on the street, people who went out: %(people)s.",
        week.patrols,
    )
    said = [done % counts] if week.patrols else [_("No patrol went out last week.")]
    said += [_("Nobody went out: %(missed)s.") % counts] if week.missed else []
    said += [_("Called off: %(cancelled)s.") % counts] if week.cancelled else []
    return " ".join(said)


def to_summary(member: Membership, monday: date) -> str:
    """The page that says the same, and more."""
    week = monday.isocalendar()
    return reverse("insights:summary-of", args=[member.organization.code, week.year, week.week])


def to_mine(now: Now) -> str:
    """Where a member answers: confirm, decline, accept."""
    return reverse("patrols:mine", kwargs={"organization": now.shift.organization.code})


def to_offer(now: Now) -> str:
    """The one page of a freed place: the night, until when, Yes or No."""
    return reverse("patrols:offer", args=[now.shift.organization.code, now.shift.pk])


def to_fill(now: Now) -> str:
    """Where a planner asks others, with one tap."""
    keys = {"organization": now.shift.organization.code, "pk": now.shift.pk}
    return reverse("patrols:fill", kwargs=keys)


def look(notice: Notice, at: datetime) -> Now | None:
    """Read the shift and the reader's signup again."""
    shifts = Shift.objects.filter(pk=notice.subject_id).select_related("organization")
    shift = shifts.first()
    if shift is None:
        return None
    signup = Signup.objects.filter(shift_id=shift.pk, membership_id=notice.recipient_id).first()
    return Now(shift, signup, at)


def if_promised(say: Callable[[Now], Message | None]) -> Callable[[Notice, datetime], Message | None]:
    """Say it only of the very plan it was promised for, while that is still going to happen."""

    def check(notice: Notice, at: datetime) -> Message | None:
        now = look(notice, at)
        if now is None or not now.is_promised or now.shift.plan_version != notice.subject_version:
            return None
        return say(now)

    return check


def say_if_cancelled(notice: Notice, at: datetime) -> Message | None:
    now = look(notice, at)
    return say_cancelled(now) if now is not None else None


def say_if_taken_off(notice: Notice, at: datetime) -> Message | None:
    """Told whatever became of the plan since, and with the hour that was theirs: whoever misses
    this goes to a meeting point where nobody comes."""
    now = look(notice, at)
    if now is None or now.signup is None or now.signup.is_in:
        return None
    hour_known = promises.hour_lost(notice.occasion)
    body = _("You no longer have a place on %(day)s at %(time)s. Your coordinator can say why.")
    words = {"day": day(hour_known), "time": hour(hour_known)}
    return Message(_("You were taken off a patrol"), body % words, to_mine(now))


def say_if_offered(notice: Notice, at: datetime) -> Message | None:
    """An offer stands although the plan changed meanwhile: that is told on its own."""
    now = look(notice, at)
    return say_offered(now) if now is not None and now.is_promised else None


def nothing(now: datetime, until: datetime) -> Iterable[Wanted]:
    """Only the verb promises this."""
    return []


def offers(now: datetime, until: datetime) -> Iterable[Wanted]:
    return promises.of_offer(Signup.objects.all(), now)


KINDS: list[Kind] = [
    Kind(
        promises.DAY_BEFORE,
        lambda now, until: promises.of_reminders(promises.DAY_BEFORE, now, until),
        if_promised(say_day_before),
    ),
    Kind(
        promises.SOON,
        lambda now, until: promises.of_reminders(promises.SOON, now, until),
        if_promised(say_soon),
    ),
    Kind(
        promises.CHANGED,
        lambda now, until: promises.of_change(promises.changed_lately(now), now),
        if_promised(say_changed),
    ),
    Kind(
        promises.CANCELLED,
        lambda now, until: promises.of_cancelling(promises.changed_lately(now), now),
        say_if_cancelled,
    ),
    Kind(promises.TAKEN_OFF, nothing, say_if_taken_off),
    Kind(promises.PLACED, nothing, if_promised(say_placed)),
    Kind(shortages.LEFT_LATE, nothing, if_promised(say_left_late)),
    Kind(promises.OFFERED, offers, say_if_offered),
    Kind(shortages.SHORT, lambda now, until: shortages.of_short_crews(now), if_promised(say_short)),
    Kind(shortages.HELD, lambda now, until: shortages.of_held_crews(now), if_promised(say_held)),
    Kind(
        shortages.NOT_TONIGHT,
        lambda now, until: shortages.of_held_nights(now, Shift.objects.all()),
        say_if_not_tonight,
    ),
    Kind(
        shortages.FORGOTTEN,
        lambda now, until: shortages.of_forgotten(now, promises.forgotten_lately(now)),
        say_if_forgotten,
    ),
    Kind(shortages.CAME_LATE, nothing, say_if_came_late),
    Kind(shortages.COMPLETE, lambda now, until: shortages.of_complete_crews(now), if_promised(say_complete)),
    Kind(weeks.OWN_WEEK, weeks.of_own_weeks, say_own_week),
    Kind(weeks.BOARD_WEEK, weeks.of_board_weeks, say_board_week),
]
