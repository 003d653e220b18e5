"""SOS from a phone that is locked: one page that calls for help, and shows nothing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts import signin
from accounts.doors import PublicView, is_from_elsewhere, strangers_counted
from accounts.sessions import device_of
from patrols.actions import locked_phones
from patrols.forms.safety import stamp_in, waited_in
from patrols.models import Alarm
from patrols.views.acts import now
from rules.problems import status_of
from rules.refusals import Refusal


@method_decorator(never_cache, name="dispatch")
@method_decorator(csrf_exempt, name="dispatch")  # where it came from is asked instead: docs/decisions/0019
class Sos(PublicView):
    """We need help: by the phone's secret alone."""

    why_public = "nobody types a PIN while they run; the phone's secret says who calls, and opens nothing"
    template_name = "patrols/sos.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page(outcome="ready" if signin.device_secret(request) else "unknown")

    def post(self, request: HttpRequest) -> HttpResponse:
        if is_from_elsewhere(request):
            return self.page(403, outcome="again")
        try:
            with strangers_counted(request):
                alarm = locked_phones.raise_sos(
                    secret=signin.device_secret(request),
                    at=now(),
                    ago=waited_in(request.POST),
                    stamp=stamp_in(request.POST),
                )
        except Refusal as refusal:
            outcome = "no_patrol" if refusal.code == "illegal_move" else "unknown"
            return self.page(status_of(refusal), outcome=outcome)
        return self.sent(request, alarm)

    def sent(self, request: HttpRequest, alarm: Alarm) -> HttpResponse:
        """Back to the street where the phone is open; where it is locked, only that it went out."""
        if device_of(request.session) is None:
            return self.page(outcome="sent")
        messages.success(request, str(_("Your call for help is out. Now call by phone too.")))
        return redirect("patrols:outing", alarm.organization.code, alarm.patrol_id)
