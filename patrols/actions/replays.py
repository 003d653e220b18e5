"""Looking at a patrol once more when it is over."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols.models import Patrol
from patrols.states import FINISHED
from rules.refusals import Conflict, NotFound


@transaction.atomic
def look_back(*, patrol: Patrol, by: Membership) -> None:
    """Open the replay of a patrol that is over: that somebody did goes on record.

    Raises Conflict `patrol_not_over` before that: nobody follows a crew on a map while it walks.
    """
    by.require(Permission.PATROL_VIEW)
    if not Patrol.objects.visible_to(by).filter(pk=patrol.pk).exists():
        raise NotFound
    if patrol.status not in FINISHED:
        raise Conflict(_("You can look at it when the patrol is over."), code="patrol_not_over")
    audit.record_read(subject=patrol, by=by, reason_code="replay")
