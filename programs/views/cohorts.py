"""A cohort: its seats, its people with what each still lacks, and one tap to the next step."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.buttons import now
from accounts.roles import Permission
from programs import forms
from programs.actions import enrollments
from programs.models import Cohort, Enrollment
from programs.queries import pages
from programs.states import COHORT, EnrollmentStatus
from programs.views.frames import EnrollmentButton, FormPage, RoomPage
from programs.views.lines import Line, Lines
from rules.refusals import NotFound

NOBODY = UUID(int=0)


class CohortPage(RoomPage):
    """One run of a program. Its people are for whoever decides; facilitators see their sessions."""

    allows = {"get": Permission.PROGRAM_VIEW}
    template_name = "programs/cohort.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        cohort, today = pages.one_cohort(self.membership, pk), timezone.localdate()
        if cohort is None:
            raise NotFound
        decides = self.membership.may(Permission.ENROLLMENT_DECIDE)
        people = pages.people_of(cohort, self.membership, today) if decides else None
        return self.page(
            cohort=cohort,
            program=cohort.program,
            people=people,
            lines=self.lines(people) if people is not None else {},
            seats=seats_of(cohort, people) if people is not None else [],
            missing=sum(one.is_missing_consent for one in people.seated) if people is not None else 0,
            sessions=pages.sessions_of(cohort, self.membership),
            people_at=self.before_the_key("participant"),
            sessions_at=self.before_the_key("sheet"),
            verbs=COHORT.verbs_from(cohort.status),
            may_plan=self.membership.may(Permission.PROGRAM_PLAN),
            now=now(),
        )

    def lines(self, people: pages.People) -> dict[str, list[Line]]:
        """Everybody in words, by where they stand."""
        write = Lines(self.before_the_key("offer"), self.before_the_key("participant"))
        return {
            "to_decide": write.of(people.to_decide),
            "offered": write.of(people.offered),
            "seated": write.of(people.seated),
            "waiting": write.of(people.waiting, numbered=True),
            "out": write.of(people.out),
        }

    def before_the_key(self, route: str) -> str:
        """An address up to its key: to write one for each person took a third of the page's time."""
        return self.url(route, NOBODY).split(str(NOBODY))[0]


def seats_of(cohort: Cohort, people: pages.People) -> list[str]:
    """Every seat of the cohort for the picture, the free ones last."""
    seats = people.seats
    return seats + ["free"] * max(0, cohort.capacity - len(seats))


class Step(EnrollmentButton):
    """One tap beside somebody's initials."""

    verb: ClassVar[Callable[..., Enrollment]]

    def act(self) -> None:
        type(self).verb(enrollment=self.row, by=self.membership, at=now())


class Review(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.review
    leads_to = (EnrollmentStatus.UNDER_REVIEW,)


class Offer(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.offer
    done = _("The seat is kept until they answer.")
    leads_to = (EnrollmentStatus.OFFERED,)


class Wait(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.wait
    done = _("In line. A freed seat is offered to whoever waited longest.")
    leads_to = (EnrollmentStatus.WAITLISTED,)


class Accept(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.accept
    done = _("Enrolled.")
    leads_to = (EnrollmentStatus.ENROLLED,)


class Decline(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.decline
    done = _("Written down. The seat goes to the next in line.")
    leads_to = (EnrollmentStatus.WITHDRAWN,)


class Withdraw(Step):
    allows = {"post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.withdraw
    done = _("Written down. If they had a seat, it goes to the next in line.")
    leads_to = (EnrollmentStatus.WITHDRAWN,)


class EndPage(FormPage):
    """Staff end somebody's way to a seat, and say why."""

    template_name = "programs/end.html"
    model = Enrollment
    done = _("Written down.")
    verb: ClassVar[Callable[..., Enrollment]]

    def form(self, typed: Any) -> forms.EndForm:
        return forms.EndForm(typed)

    def act(self, form: forms.EndForm) -> None:
        type(self).verb(enrollment=self.row, by=self.membership, at=now(), **form.cleaned_data)

    def back(self) -> str:
        return self.url("cohort", self.row.cohort_id)


class Reject(EndPage):
    allows = {"get": Permission.ENROLLMENT_DECIDE, "post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.reject


class Drop(EndPage):
    allows = {"get": Permission.ENROLLMENT_DECIDE, "post": Permission.ENROLLMENT_DECIDE}
    verb = enrollments.drop
