"""What a crew says of itself with a few words more than a tap: no signal until then, a false alarm."""

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from accounts import signin
from accounts.roles import Permission
from patrols.actions import alarms, checks
from patrols.forms.safety import RetractForm, SilenceForm
from patrols.models import Patrol
from patrols.queries import safety
from patrols.states.safety import AlarmKind
from patrols.views.acts import now
from patrols.views.street import OutingForm
from rules.days import clock
from rules.forms import PatientForm
from rules.refusals import IllegalMove, Invalid, NotAllowed, NotFound, Refusal


class NoSignal(OutingForm):
    """No signal until then: nobody worries before."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = SilenceForm, "silence_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        until = form.cleaned_data["until"]
        checks.declare_silence(patrol=patrol, by=self.membership, at=now(), until=until)
        said = _("Noted: without signal until %(time)s.") % {"time": clock(until)}
        messages.success(self.request, str(said))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return False


class Retract(OutingForm):
    """It was a false alarm: with the PIN of this phone."""

    allows = {"post": Permission.PATROL_RUN}
    form_class, name = RetractForm, "retract_form"

    def act(self, patrol: Patrol, form: PatientForm) -> None:
        alarm = safety.open_alarm(patrol.pk, AlarmKind.SOS)
        if alarm is None:
            raise IllegalMove
        secret, pin = signin.device_secret(self.request), form.cleaned_data["pin"]
        try:
            alarms.retract(alarm=alarm, by=self.membership, secret=secret, pin=pin, at=now())
        except NotFound:
            raise Invalid({"pin": _("This is somebody else's phone.")}) from None
        except NotAllowed as refusal:
            raise Invalid({"pin": refusal.detail}) from None
        messages.success(self.request, str(_("Noted. Somebody calls you now: answer, so that it can end.")))

    def is_done(self, patrol: Patrol, form: PatientForm, refusal: Refusal) -> bool:
        return False
