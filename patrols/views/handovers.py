"""What one crew leaves to the next of its sector: written at the debrief, read before going out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from patrols.actions import handovers
from patrols.forms.handovers import HandoverForm
from patrols.models import Handover, HandoverItem, Patrol
from patrols.queries import handovers as queries
from patrols.queries import pages
from patrols.states import NoteStatus
from patrols.views.acts import PatrolButton, PatrolsButton, keys_in, now
from patrols.views.street import OutingForm
from rules.forms import PatientForm
from rules.refusals import Refusal

MOST = 200


class Waiting(DeskView):
    """Everything that crews left and nobody has settled, sector by sector."""

    allows = {"get": Permission.PATROL_REVIEW}
    template_name = "patrols/handovers.html"

    def get(self, request: HttpRequest, organization: str) -> HttpResponse:
        return self.page(lines=queries.open_lines(self.membership)[:MOST])


class Write(OutingForm):
    """A note to the next crew."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = HandoverForm, "handover_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        lines, key = form.cleaned_data["lines"], form.cleaned_data["id"]
        handovers.write(patrol=patrol, by=self.membership, at=now(), lines=lines, handover_id=key)
        messages.success(self.request, str(_("The next crew will read it.")))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        earlier = Handover.objects.visible_to(self.membership).filter(pk=form.cleaned_data["id"])
        return refusal.code == "id_reused" and earlier.filter(patrol=patrol).exists()


class Read(PatrolButton):
    """We have read what was on the screen."""

    allows = {"post": Permission.PATROL_RUN}

    def act(self) -> None:
        shown = keys_in(self.request.POST.getlist("note"))
        handovers.acknowledge(patrol=self.row, by=self.membership, at=now(), handovers=shown)


class LineButton(PatrolsButton):
    """A button beside one line of a note."""

    model = HandoverItem

    def back(self) -> str:
        patrol = pages.running(self.membership)
        return self.url("outing", patrol.pk) if patrol else self.url("handovers")


class Resolve(LineButton):
    """That is done."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Noted: that is done.")
    leads_to = (NoteStatus.RESOLVED,)

    def act(self) -> None:
        handovers.resolve(item=self.row, by=self.membership, at=now())


class Reopen(LineButton):
    """It is not done after all."""

    allows = {"post": Permission.PATROL_RUN}
    leads_to = (NoteStatus.OPEN,)

    def act(self) -> None:
        handovers.reopen(item=self.row, by=self.membership, at=now())
