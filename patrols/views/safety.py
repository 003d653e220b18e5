"""The crew's own line to those who watch: we are well, we need help, and who answers tonight."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.roles import Permission
from patrols.actions import alarms, checks
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
        alarms.raise_sos(patrol=self.row, by=self.membership, at=now())
