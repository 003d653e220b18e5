"""Help for whoever lost the app that makes their one-time codes, and the spare codes too."""

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actions.people import lock
from accounts.actors import SystemActor
from accounts.models import Membership, Session
from accounts.roles import Permission
from audit import actions as audit
from rules.refusals import Conflict


@transaction.atomic
def reset(*, by: SystemActor, membership: Membership) -> Membership:
    """Take a member's authenticator and spare codes away and end all their sessions. Until they set
    up a new app, being staff, they may do nothing."""
    membership = lock(membership)
    by.require(Permission.SECOND_STEP_RESET, membership)
    gone, _each = Authenticator.objects.filter(user_id=membership.user_id).delete()
    if not gone:
        raise Conflict(_("They have no second step."), code="no_second_step")
    Session.objects.filter(user_id=membership.user_id).delete()
    audit.record(action="member.second_step_reset", subject=membership, by=by)
    return membership
