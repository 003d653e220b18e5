"""The crew's own line to those who watch: we are well, we need help, and who answers tonight."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.doors import DeskView
from accounts.roles import Permission
from accounts.sessions import device_of
from patrols.actions import alarms, checks
from patrols.forms.safety import stamp_in
from patrols.models import Patrol
from patrols.queries import safety
from patrols.queries.duty import who_answers
from patrols.states import ON_THE_STREET
from patrols.states.safety import AlarmKind
from patrols.views.acts import PatrolButton, now


def bar(patrol: Patrol, at: datetime) -> dict[str, Any]:
    """What a crew must see at a glance."""
    is_out = patrol.status in ON_THE_STREET
    return {
        "heard": safety.heard(patrol) if is_out else None,
        "sos": safety.open_alarm(patrol.pk, AlarmKind.SOS),
        "answering": who_answers(patrol.organization.ubigeo, at, max(at, patrol.shift.ends_at)),
    }


def sos_door(view: DeskView, patrol: Patrol) -> str:
    """Where this page's SOS goes. From an enrolled phone, to the door that needs no session: the page may
    lie open for an hour before somebody needs it."""
    if device_of(view.request.session) is not None:
        return reverse("patrols-public:sos")
    return reverse("patrols:help", args=[view.membership.organization.code, patrol.pk])


class Well(PatrolButton):
    """We are well."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Noted: you are well.")

    def act(self) -> None:
        checks.check(patrol=self.row, by=self.membership, at=now())


class Help(PatrolButton):
    """We need help."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("Your call for help is out. Now call by phone too.")

    def act(self) -> None:
        stamp = stamp_in(self.request.POST)
        alarms.raise_sos(patrol=self.row, by=self.membership, at=now(), stamp=stamp)
