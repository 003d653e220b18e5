"""A patrol on the street: one big state, one thing to do next."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols import queries
from patrols.actions import crews, log, patrols, pledges
from patrols.forms.handovers import HandoverForm
from patrols.forms.safety import RetractForm, SilenceForm
from patrols.forms.shifts import DebriefForm, NoteForm, OverrideForm, SafetyForm
from patrols.models import LogEntry, Patrol
from patrols.queries import pages
from patrols.queries.joining import may_lead
from patrols.states import HERE, LogKind, PatrolStatus
from patrols.views import around, safety, stops, tracks
from patrols.views.acts import PatrolButton, find, key_for, now, sentence, spoken_of
from patrols.views.attendance import bar as attendance_bar
from rules.forms import PatientForm
from rules.refusals import Conflict, IllegalMove, Invalid, NotFound, Refusal


class Outing(DeskView):
    """The patrol somebody is on, from the briefing to the debrief."""

    allows = {"get": Permission.PATROL_RUN}
    template_name = "patrols/outing.html"

    def get(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        return self.show(pk)

    def show(self, pk: UUID, status: int = 200, **forms: PatientForm) -> HttpResponse:
        patrol = pages.one_patrol(membership=self.membership, patrol_id=pk)
        if patrol is None:
            raise NotFound
        crew = pages.crew(patrol=patrol, membership=self.membership)
        me = next((one for one in crew if one.membership_id == self.membership.pk), None)
        if me is None or not (forms or patrol.status in pages.RUNNING):
            return redirect("patrols:patrol", self.membership.organization.code, pk)
        here = sum(one.attendance in HERE for one in crew)
        # A form sent when the night is over brings the page back, and not who walked.
        knows_crew = queries.knows_crew(patrol, self.membership, now())
        return self.page(
            status=status,
            patrol=patrol,
            shift=patrol.shift,
            crew=[one for one in crew if knows_crew or one is me],
            knows_crew=knows_crew,
            here=here,
            is_here=me.attendance in HERE,
            me=me,
            **around.promises(patrol, crew),
            missing=max(0, patrol.shift.minimum_crew - here),
            may_override=here >= crews.FEWEST and may_lead(self.membership, patrol.shift),
            log=pages.story(patrol=patrol, membership=self.membership)[1][::-1],
            now=now(),
            **around.notes(patrol, self.membership),
            **around.things(patrol, self.membership),
            **safety.bar(self, patrol, now()),
            **tracks.bar(patrol, self.membership),
            **attendance_bar(patrol, crew, me, self.membership),
            **(stops.bar(patrol, self.membership, now()) | self.forms(forms)),
        )

    def forms(self, given: dict[str, PatientForm]) -> dict[str, Any]:
        """The forms of this page, with what was typed in the one that was refused."""
        fresh: dict[str, PatientForm] = {
            "note_form": NoteForm(initial={"id": uuid4()}),
            "debrief_form": DebriefForm(),
            "safety_form": SafetyForm(),
            "override_form": OverrideForm(),
            "handover_form": HandoverForm(initial={"id": uuid4()}),
            "silence_form": SilenceForm(),
            "retract_form": RetractForm(),
        }
        return fresh | given


class CheckIn(PatrolButton):
    """I am here."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        patrols.check_in(patrol=self.row, by=self.membership, at=now(), member=spoken_of(self))


class Pledge(PatrolButton):
    """No weapons, no alcohol, no confrontation: I, or somebody whose word whoever leads notes."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        pledges.give(patrol=self.row, by=self.membership, at=now(), member=spoken_of(self))


class TakePledgeBack(PatrolButton):
    """It was the wrong name."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        pledges.take_back(patrol=self.row, by=self.membership, at=now(), member=spoken_of(self))


class Start(PatrolButton):
    """Out we go."""

    allows = {"post": Permission.PATROL_RUN}
    leads_to = (PatrolStatus.ACTIVE,)

    def act(self) -> None:
        patrols.start(patrol=self.row, by=self.membership, at=now())


class Pause(PatrolButton):
    """A rest."""

    allows = {"post": Permission.PATROL_RUN}
    leads_to = (PatrolStatus.PAUSED,)

    def act(self) -> None:
        patrols.pause(patrol=self.row, by=self.membership, at=now())


class Resume(PatrolButton):
    """On we go."""

    allows = {"post": Permission.PATROL_RUN}
    leads_to = (PatrolStatus.ACTIVE,)

    def act(self) -> None:
        patrols.resume(patrol=self.row, by=self.membership, at=now())


class Finish(PatrolButton):
    """We are back."""

    allows = {"post": Permission.PATROL_RUN}
    leads_to = (PatrolStatus.DEBRIEF,)

    def act(self) -> None:
        patrols.finish(patrol=self.row, by=self.membership, at=now())


class OutingForm(Outing):
    """A form of the street page: what was typed stays when a verb refuses."""

    form_class: type[PatientForm]
    name: str

    def post(self, request: HttpRequest, organization: str, pk: UUID) -> HttpResponse:
        patrol = find(Patrol, self, pk)
        form = self.read(patrol)
        if form.is_valid() and self.attempt(patrol, form):
            return redirect("patrols:outing", organization, pk)
        return self.show(pk, status=422, **{self.name: form})

    def read(self, patrol: Patrol) -> PatientForm:
        return self.form_class(self.request.POST)

    def attempt(self, patrol: Patrol, form: PatientForm) -> bool:
        try:
            self.act(patrol, form)
        except Invalid as refusal:
            form.refuse(refusal)
        except (Conflict, IllegalMove) as refusal:
            patrol.refresh_from_db()
            if not self.is_done(patrol, form, refusal):
                form.add_error(None, sentence(refusal))
        return not form.errors

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        """Whether an earlier tap already wrote just this."""
        raise NotImplementedError

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        raise NotImplementedError


class Note(OutingForm):
    """A line for the log."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = NoteForm, "note_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        kind = LogKind.NOTHING_TO_REPORT if "quiet" in self.request.POST else LogKind.NOTE
        text = form.cleaned_data["text"]
        key = key_for(LogEntry, self, form.cleaned_data["id"], text=text, kind=kind)
        log.add_entry(patrol=patrol, by=self.membership, at=now(), kind=kind, text=text, entry_id=key)
        messages.success(self.request, str(_("Written down.")))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return refusal.code == "id_reused"


class Debrief(OutingForm):
    """That was it: summary and mood."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = DebriefForm, "debrief_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        patrols.close(patrol=patrol, by=self.membership, at=now(), **form.cleaned_data)
        messages.success(self.request, str(_("Thank you. Get home safely.")))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return bool(patrol.summary == form.cleaned_data["summary"])


class StartWithFewer(OutingForm):
    """Out we go, fewer than planned: whoever may lead says why."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = OverrideForm, "override_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        reason = form.cleaned_data["override_reason"]
        patrols.start(patrol=patrol, by=self.membership, at=now(), override_reason=reason)

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return patrol.status == PatrolStatus.ACTIVE


class Abort(OutingForm):
    """Home, now."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = SafetyForm, "safety_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        code = form.cleaned_data["reason_code"]
        patrols.abort_for_safety(patrol=patrol, by=self.membership, at=now(), reason_code=code)

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return patrol.status == PatrolStatus.ABORTED_FOR_SAFETY
