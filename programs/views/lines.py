"""Somebody of a cohort as a line of its page says it. Its words and buttons are put together here,
once for each line: put together by the page, fifty people cost more than all the rest of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from programs.queries.consents import Clearance
from programs.queries.pages import Person
from programs.states import EndReason, EnrollmentStatus
from rules.days import short_day

S = EnrollmentStatus
WORDS = {
    "offer": gettext_lazy("Offer the seat"),
    "wait": gettext_lazy("Put in line"),
    "accept": gettext_lazy("Accepts"),
    "decline": gettext_lazy("Declines"),
    "review": gettext_lazy("Under review"),
    "withdraw": gettext_lazy("Does not want to go on"),
    "drop": gettext_lazy("Take off"),
    "reject": gettext_lazy("Do not accept"),
    "ask": gettext_lazy("Ask for consent"),
    "more": gettext_lazy("More for"),
}
# What stands behind "more", in its order.
MORE: Mapping[str, tuple[str, ...]] = {
    S.APPLIED: ("review", "withdraw", "reject"),
    S.UNDER_REVIEW: ("withdraw", "reject"),
    S.WAITLISTED: ("withdraw", "reject"),
    S.ENROLLED: ("withdraw", "drop"),
}
BRACES = str.maketrans({"{": "{{", "}": "}}"})
ON_A_PAGE = ("drop", "reject")  # these ask why
SINCE: Mapping[str, tuple[str, str | Promise]] = {
    S.APPLIED: ("applied_at", gettext_lazy("Applied on %(day)s")),
    S.UNDER_REVIEW: ("applied_at", gettext_lazy("Applied on %(day)s")),
    S.WAITLISTED: ("waiting_since", gettext_lazy("Waits since %(day)s")),
    S.OFFERED: ("offered_at", gettext_lazy("Offered on %(day)s")),
    S.ENROLLED: ("enrolled_at", gettext_lazy("Enrolled on %(day)s")),
    S.COMPLETED: ("applied_at", gettext_lazy("Applied on %(day)s")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One person of the list in words; `buttons` are what one may do with their place."""

    face: str
    person: str
    initials: str
    year: str
    told: str
    is_missing: bool
    is_clear: bool
    buttons: SafeString


class Lines:
    """Writes the lines of one page: what many say alike is found once."""

    def __init__(self, steps: str, people: str) -> None:
        self.steps, self.people = steps, people
        # Words of the catalogue within a pattern: nothing in them is markup, or a place to fill.
        self.words = {verb: escape(word).translate(BRACES) for verb, word in WORDS.items()}
        self.days: dict[datetime, str] = {}
        self.patterns: dict[tuple[str, str], str] = {}

    def of(self, people: Iterable[Person], *, numbered: bool = False) -> list[Line]:
        return [self.line(one, str(place) if numbered else "") for place, one in enumerate(people, 1)]

    def line(self, one: Person, place: str) -> Line:
        row = one.enrollment
        is_in = row.ended_at is None
        return Line(
            face=place or row.initials.replace(".", "").replace(" ", ""),
            person=str(row.participant_id),
            initials=row.initials,
            year=str(row.birth_year),
            told=self.told(one),
            is_missing=is_in and one.is_missing_consent,
            is_clear=is_in and one.clearance == Clearance.GIVEN,
            buttons=self.buttons(one) if is_in else SafeString(""),
        )

    def told(self, one: Person) -> str:
        """How often they came; before that, since when they stand where they stand."""
        row = one.enrollment
        if one.marked:
            return _("Came to %(came)s of %(all)s") % {"came": one.came, "all": one.marked}
        if row.end_reason:
            return f"{S(row.status).label} · {EndReason(row.end_reason).label}"
        if row.status not in SINCE:
            return str(S(row.status).label)
        column, sentence = SINCE[row.status]
        return str(sentence) % {"day": self.day(getattr(row, column))}

    def day(self, moment: datetime) -> str:
        if moment not in self.days:
            self.days[moment] = short_day(moment)
        return self.days[moment]

    def buttons(self, one: Person) -> SafeString:
        """The next step, and behind "more" the others. Each button says where it posts to: one form
        stands around them all. Only keys and initials differ among those who stand alike."""
        row = one.enrollment
        stands = row.status, one.next_step
        if stands not in self.patterns:
            self.patterns[stands] = self.pattern(*stands)
        return format_html(self.patterns[stands], row.pk, row.participant_id, row.initials)

    def pattern(self, status: str, step: str) -> str:
        """The buttons with {0} for the key of the place, {1} for the person's, {2} for the initials."""
        said = [self.button(step, "soft")] if step else []
        if status == S.OFFERED:
            ask = f'<a class="button" href="{self.people}{{1}}/">{self.words["ask"]}</a>'
            said += [] if step else [ask]
            said.append(self.button("decline", "quiet"))
        elif status in MORE:
            behind = "".join(self.button(verb, "quiet") for verb in MORE[status])
            said.append(
                '<details class="more person-more"><summary><span class="unseen">'
                f'{self.words["more"]} {{2}}</span></summary><div class="row">{behind}</div></details>'
            )
        return "".join(said)

    def button(self, verb: str, look: str) -> str:
        at, word = f"{self.steps}{{0}}/{verb}/", self.words[verb]
        if verb in ON_A_PAGE:
            return f'<a class="button button-{look}" href="{at}">{word}</a>'
        return f'<button class="button button-{look}" formaction="{at}">{word}</button>'
