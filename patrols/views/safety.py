"""The crew's own line to those who watch: we are well, we need help, and who answers tonight."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import signin
from accounts.doors import DeskView
from accounts.roles import Permission
from accounts.sessions import device_of
from patrols.actions import alarms, checks
from patrols.forms.safety import stamp_in, waited_in
from patrols.models import Patrol
from patrols.queries import safety
from patrols.queries.duty import who_answers
from patrols.states import ON_THE_STREET, TOGETHER
from patrols.states.safety import AlarmKind
from patrols.views.acts import PatrolButton, now


def bar(view: DeskView, patrol: Patrol, at: datetime) -> dict[str, Any]:
    """What a crew must see at a glance."""
    is_out, leads = patrol.status in ON_THE_STREET, patrol.leader_id == view.membership.pk
    open_alarms = safety.open_alarms(patrol.pk)
    real = {alarm.kind: alarm for alarm in open_alarms if not alarm.is_drill}
    drill = next((alarm for alarm in open_alarms if alarm.is_drill), None)
    return {
        "heard": safety.heard(patrol) if is_out else None,
        "sos": real.get(AlarmKind.SOS),
        "silence": real.get(AlarmKind.OVERDUE),
        "drill": drill,
        "leads": leads,
        "may_say_seen": [one.pk for one in safety.unseen_by(view.membership, open_alarms)],
        "may_drill": leads and not open_alarms and patrol.status in TOGETHER,
        "has_phone": bool(signin.device_secret(view.request)),
        "sos_door": sos_door(view, patrol),
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
        at, sent = now(), self.request.POST
        pressed_at, stamp = at - waited_in(sent), stamp_in(sent)
        alarms.raise_sos(patrol=self.row, by=self.membership, at=at, happened_at=pressed_at, stamp=stamp)


class Drill(PatrolButton):
    """The leader tries out whether a call for help arrives."""

    allows = {"post": Permission.PATROL_RUN}
    done = _("The drill has begun: everybody who is told reads that it is one.")

    def act(self) -> None:
        alarms.raise_sos(patrol=self.row, by=self.membership, at=now(), is_drill=True)
