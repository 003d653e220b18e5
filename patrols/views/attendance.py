"""One person's attendance of one patrol: what it rests on, putting it right, and saying it is wrong."""

from collections.abc import Iterable
from typing import Any, ClassVar
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.buttons import SHOWN
from accounts.doors import DeskView
from accounts.models import Membership
from accounts.roles import Permission
from patrols.actions import attendance, crews, objections, patrols
from patrols.forms.attendance import CorrectForm, ObjectForm
from patrols.models import CrewMember, Objection, Patrol, own_place
from patrols.queries import attendance as queries
from patrols.queries import pages
from patrols.states import HERE, PATROL, Attendance, ObjectionStatus
from patrols.views.acts import PatrolButton, PatrolsButton, now
from rules.forms import PatientForm
from rules.refusals import NotFound, Sentence


def known(patrol: Patrol, crew: Iterable[CrewMember], member: Membership) -> dict[str, Any]:
    """The attendance of those of a crew whom this member may ask after, for a page."""
    readable = [one for one in crew if queries.may_read(patrol, one, member, now())]
    return {"attendances": queries.evidence_of(patrol, readable)}


def bar(patrol: Patrol, crew: list[CrewMember], me: CrewMember, member: Membership) -> dict[str, Any]:
    """What the street page says of who is there, and of going home before the others."""
    here = sum(one.attendance in HERE for one in crew)
    return known(patrol, crew, member) | {
        "leaves_alone": here - 1 < crews.FEWEST,
        "opens_crew": member.pk == patrol.leader_id,
        "has_left": me.left_at if me.attendance == Attendance.LEFT_EARLY else None,
    }


class AttendancePage(DeskView):
    """What the record says of one person on one patrol, and what it rests on."""

    allows = {"get": Permission.PATROL_VIEW}
    template_name = "patrols/attendance.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(*self.find(pk))

    def find(self, pk: UUID) -> tuple[CrewMember, Patrol]:
        """The person's place in the crew, for themselves or whoever may look."""
        crew = CrewMember.objects.visible_to(self.membership).select_related("membership")
        one = crew.filter(pk=pk).first()
        if one is None:
            raise NotFound
        patrol = pages.with_place(Patrol.objects.filter(pk=one.patrol_id)).get()
        if not queries.may_read(patrol, one, self.membership, now()):
            raise NotFound
        return one, patrol

    def show(self, one: CrewMember, patrol: Patrol, status: int = 200, **forms: PatientForm) -> HttpResponse:
        (evidence,) = queries.evidence_of(patrol, [one])
        verbs = PATROL.verbs_from(patrol.status)
        judges = queries.may_judge(patrol, one, self.membership)
        said = evidence.objection
        waits = said is not None and said.status == ObjectionStatus.OPEN
        is_me = one.membership_id == self.membership.pk
        speaks = not is_me and self.membership.pk == patrol.leader_id
        missing = one.attendance in {Attendance.EXPECTED, Attendance.NO_SHOW}
        fresh: dict[str, Any] = {"correct_form": CorrectForm(), "object_form": ObjectForm()}
        return self.page(
            status=status,
            one=one,
            patrol=patrol,
            shift=patrol.shift,
            evidence=evidence,
            is_me=is_me,
            waits=waits,
            running=patrol.status in pages.RUNNING,
            may_keep=judges and waits and self.membership.may(Permission.PATROL_REVIEW),
            may_arrive=speaks and "check_in" in verbs and one.attendance not in {*HERE, Attendance.EXCUSED},
            may_leave=speaks and "leave" in verbs and one.attendance in HERE,
            may_excuse=judges and missing and "excuse" in verbs and "correct" not in verbs,
            may_correct=judges and "correct" in verbs,
            may_object=is_me and not judges and not waits and "correct" in verbs,
            **fresh | forms,
        )


class AttendanceForm(AttendancePage):
    """A form of that page: what was typed stays when a verb refuses."""

    form_class: ClassVar[type[PatientForm]]
    name: ClassVar[str]
    done: ClassVar[Sentence]

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        one, patrol = self.find(pk)
        form = self.form_class(request.POST)
        if form.is_valid() and self.attempt(one, patrol, form):
            messages.success(request, str(self.done))
            return redirect("patrols:attendance", organization, pk)
        return self.show(one, patrol, status=422, **{self.name: form})

    def attempt(self, one: CrewMember, patrol: Patrol, form: Any) -> bool:
        try:
            self.act(one, patrol, form)
        except SHOWN as refusal:
            form.refuse(refusal)
        return not form.errors

    def act(self, one: CrewMember, patrol: Patrol, form: Any) -> None:
        raise NotImplementedError


class Correct(AttendanceForm):
    """It was otherwise."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = CorrectForm, "correct_form"
    done = _("Put right. What the record said before stays beside it.")

    def act(self, one: CrewMember, patrol: Patrol, form: CorrectForm) -> None:
        words = form.words(patrol.shift)
        attendance.correct(crew_member=one, by=self.membership, at=now(), **words)


class Object(AttendanceForm):
    """That is not how it was."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = ObjectForm, "object_form"
    done = _("Your coordinator reads it and answers here.")

    def act(self, one: CrewMember, patrol: Patrol, form: ObjectForm) -> None:
        objections.object_to(crew_member=one, by=self.membership, at=now(), **form.cleaned_data)


class Leave(PatrolButton):
    """I go home before the others."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Get home safely. The crew sees that you went.")

    def act(self) -> None:
        attendance.leave(patrol=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        return own_place(self.membership, self.row.pk).filter(attendance=Attendance.LEFT_EARLY).exists()

    def back(self) -> str:
        return self.url("mine") if self.is_done() else super().back()


class AttendanceButton(PatrolsButton):
    """A button of that page."""

    model = CrewMember

    def back(self) -> str:
        return self.url("attendance", self.row.pk)


class Arrived(AttendanceButton):
    """They are here, and have no phone."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Written down: they are with the crew.")

    def act(self) -> None:
        patrols.check_in(patrol=self.row.patrol, by=self.membership, at=now(), member=self.row.membership)

    def is_done(self) -> bool:
        return False


class WentHome(AttendanceButton):
    """They go home before the others, and have no phone."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Written down: they went home.")

    def act(self) -> None:
        attendance.leave(patrol=self.row.patrol, by=self.membership, at=now(), member=self.row.membership)

    def is_done(self) -> bool:
        self.row.refresh_from_db(fields=["attendance"])
        return bool(self.row.attendance == Attendance.LEFT_EARLY)


class Excuse(AttendanceButton):
    """They told us."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Excused. Nobody waits for them any more.")

    def act(self) -> None:
        attendance.excuse(crew_member=self.row, by=self.membership, at=now())

    def is_done(self) -> bool:
        return False  # a second tap changes nothing and is not refused


class Keep(AttendanceButton):
    """I looked: it stays."""

    allows = {"post": Permission.PATROL_REVIEW}
    done = _("Answered: it stays as it is.")

    def act(self) -> None:
        said = Objection.objects.visible_to(self.membership).filter(crew_member_id=self.row.pk)
        waiting = said.filter(status=ObjectionStatus.OPEN).first()
        if waiting is None:
            raise NotFound
        objections.keep(objection=waiting, by=self.membership, at=now())

    def is_done(self) -> bool:
        return False
