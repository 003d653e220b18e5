"""Losing the authenticator app and the spare codes: an operator helps, and it is on record."""

from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.actions import second_steps
from accounts.actors import SystemActor
from accounts.models import Membership, Session
from accounts.roles import GRANTS, Permission
from audit.models import Entry
from rules.refusals import Conflict, NotAllowed
from tests.accounts.conftest import OPERATOR
from tests.factories import MembershipFactory


@pytest.fixture
def locked_out(coordinator):
    """A coordinator whose app and spare codes are on a phone at the bottom of a river."""
    Authenticator.objects.create(user=coordinator.user, type="recovery_codes", data={"seed": "not-used"})
    return coordinator


def test_an_operator_takes_the_lost_app_and_the_spare_codes_away(locked_out):
    second_steps.reset(by=OPERATOR, membership=locked_out)

    assert not Authenticator.objects.filter(user=locked_out.user).exists()
    entry = Entry.objects.get(action="member.second_step_reset")
    assert (entry.subject_id, entry.actor) == (str(locked_out.pk), "job:operator")


def test_other_peoples_apps_stay(locked_out, stranger):
    second_steps.reset(by=OPERATOR, membership=locked_out)
    assert Authenticator.objects.filter(user=stranger.user).exists()


def test_every_session_of_theirs_ends(locked_out, browsing):
    browser = browsing(locked_out)
    assert Session.objects.filter(user_id=locked_out.user_id).exists()

    second_steps.reset(by=OPERATOR, membership=locked_out)

    assert not Session.objects.filter(user_id=locked_out.user_id).exists()
    assert browser.get(reverse("me")).status_code == 302


def test_until_a_new_app_is_set_up_they_may_do_nothing(locked_out):
    second_steps.reset(by=OPERATOR, membership=locked_out)
    assert Membership.objects.acting().get(pk=locked_out.pk).permissions == frozenset()


def test_where_there_is_no_second_step_nothing_is_reset(organization):
    nobody = MembershipFactory(organization=organization, second_factor=False)
    with pytest.raises(Conflict) as refusal:
        second_steps.reset(by=OPERATOR, membership=nobody)
    assert refusal.value.code == "no_second_step"


def test_no_role_and_no_other_job_may_do_it(locked_out):
    assert not any(Permission.SECOND_STEP_RESET in granted for granted in GRANTS.values())
    with pytest.raises(NotAllowed):
        second_steps.reset(by=SystemActor("offers"), membership=locked_out)


def test_the_command_resets_by_membership(locked_out, capsys):
    call_command("reset_second_step", str(locked_out.pk))

    assert f"invite --again {locked_out.pk}" in capsys.readouterr().out
    assert not Authenticator.objects.filter(user=locked_out.user).exists()


def test_the_command_names_what_is_wrong():
    with pytest.raises(CommandError, match="membership: there is no membership with this id"):
        call_command("reset_second_step", str(uuid4()))
    with pytest.raises(CommandError, match="no second step"):
        call_command("reset_second_step", str(MembershipFactory(second_factor=False).pk))
