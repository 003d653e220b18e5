"""Asking for consent, and what was answered."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import SystemActor
from audit.models import Entry
from programs import queries
from programs.actions import consents
from programs.models import Consent
from rules.refusals import IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON
from tests.programs.factories import ConsentFactory, GuardianFactory, ParticipantFactory

TODAY = date(2030, 1, 1)
JOB = SystemActor("consents")


@pytest.fixture
def guardian(ngo):
    return GuardianFactory(organization=ngo)


@pytest.fixture
def young(guardian):
    return guardian.participant


@pytest.fixture
def asked(young, coordinator):
    return consents.request(participant=young, by=coordinator, at=NOON, kind="participation")


def give(consent, by, **words):
    return consents.give(consent=consent, by=by, at=NOON, **words)


def test_a_consent_is_asked_for_once(young, coordinator, asked):
    again = consents.request(participant=young, by=coordinator, at=NOON, kind="participation")

    assert (again.pk, asked.status, asked.for_minor) == (again.pk, "requested", True)
    assert Entry.objects.get().facts == {"kind": "participation"}


def test_under_18_the_guardian_and_the_young_person_say_yes(asked, coordinator, guardian):
    given = give(asked, coordinator, guardian=guardian, is_assented=True)
    assert (given.status, given.valid_until) == ("given", TODAY + timedelta(days=365))
    assert queries.may_take_part(asked.participant, TODAY)


@pytest.mark.parametrize(
    ("who", "is_assented", "field"),
    [("nobody", True, "guardian"), ("guardian", False, "is_assented"), ("another", True, "guardian")],
)
def test_under_18_one_voice_is_not_enough(asked, coordinator, guardian, who, is_assented, field):
    says = {"nobody": None, "guardian": guardian, "another": GuardianFactory(organization=asked.organization)}
    with pytest.raises(Invalid) as error:
        give(asked, coordinator, guardian=says[who], is_assented=is_assented)
    assert list(error.value.fields) == [field]


def test_a_grown_up_says_yes_alone(ngo, coordinator):
    grown_up = ParticipantFactory(organization=ngo)
    asked = consents.request(participant=grown_up, by=coordinator, at=NOON, kind="photos")
    assert give(asked, coordinator).guardian is None


def test_whoever_turned_18_while_being_asked_answers_alone(ngo, coordinator):
    grown_up = ParticipantFactory(organization=ngo)
    asked = ConsentFactory(participant=grown_up, organization=ngo, status="requested", for_minor=True)
    assert give(asked, coordinator).for_minor is False


@pytest.mark.parametrize("day", [date(2029, 12, 31), date(2032, 1, 3)])
def test_a_consent_is_good_for_two_years_at_most(asked, coordinator, guardian, day):
    with pytest.raises(Invalid) as error:
        give(asked, coordinator, guardian=guardian, is_assented=True, valid_until=day)
    assert list(error.value.fields) == ["valid_until"]


def test_a_no_is_a_no(asked, coordinator):
    refused = consents.refuse(consent=asked, by=coordinator, at=NOON)
    assert (refused.status, refused.answered_at) == ("refused", NOON)
    with pytest.raises(IllegalMove):
        give(asked, coordinator)


def test_a_renewal_is_a_new_row_beside_the_old_one(ngo, coordinator):
    old = ConsentFactory(organization=ngo, valid_until=TODAY)
    new = consents.request(participant=old.participant, by=coordinator, at=NOON, kind="participation")
    give(new, coordinator, guardian=old.guardian, is_assented=True)

    assert sorted(Consent.objects.values_list("status", flat=True)) == ["given", "given"]
    assert queries.may_take_part(old.participant, TODAY + timedelta(days=300))


def test_taking_a_yes_back_takes_back_every_yes_to_the_same_thing(ngo, coordinator):
    old = ConsentFactory(organization=ngo)
    ours = {"participant": old.participant, "organization": ngo, "guardian": old.guardian}
    renewed, photos = ConsentFactory(**ours), ConsentFactory(**ours, kind="photos")

    consents.withdraw(consent=renewed, by=coordinator, at=NOON)

    states = dict(Consent.objects.values_list("pk", "status"))
    assert (states[old.pk], states[renewed.pk], states[photos.pk]) == ("withdrawn", "withdrawn", "given")
    assert not queries.may_take_part(old.participant, TODAY)


@pytest.mark.parametrize("status", ["requested", "refused", "withdrawn", "expired"])
def test_only_a_yes_is_taken_back(ngo, coordinator, status):
    consent = ConsentFactory(organization=ngo, status=status)
    with pytest.raises(IllegalMove):
        consents.withdraw(consent=consent, by=coordinator, at=NOON)


def test_the_clock_notes_what_ran_out_and_only_that(ngo):
    over = ConsentFactory(organization=ngo, valid_until=TODAY - timedelta(days=1))
    last_day = ConsentFactory(organization=ngo, valid_until=TODAY)

    assert (consents.expire(by=JOB, at=NOON), consents.expire(by=JOB, at=NOON)) == (1, 0)

    states = dict(Consent.objects.values_list("pk", "status"))
    assert (states[over.pk], states[last_day.pk]) == ("expired", "given")
    assert Entry.objects.get().actor == "job:consents"


def test_what_expired_was_good_until_then(ngo):
    """Attendance of last week may be put right after the consent's last day."""
    consent = ConsentFactory(organization=ngo, status="expired", valid_until=TODAY)
    assert queries.may_take_part(consent.participant, TODAY)
    assert not queries.may_take_part(consent.participant, TODAY + timedelta(days=1))


def test_a_stale_answer_is_refused(asked, coordinator, guardian):
    give(asked, coordinator, guardian=guardian, is_assented=True, expected_version=1)
    with pytest.raises(Stale):
        consents.withdraw(consent=asked, by=coordinator, at=NOON, expected_version=1)


def test_facilitators_and_strangers_have_nothing_to_do_with_it(asked, facilitator, stranger, young):
    for member, refusal in ((facilitator, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            consents.request(participant=young, by=member, at=NOON, kind="photos")
        for verb in (consents.give, consents.refuse, consents.withdraw):
            with pytest.raises(refusal):
                verb(consent=asked, by=member, at=NOON)
        assert not Consent.objects.visible_to(member).exists()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"guardian": None}, "consent_for_a_minor_is_by_guardian_and_assent"),
        ({"is_assented": False}, "consent_for_a_minor_is_by_guardian_and_assent"),
        ({"valid_until": None}, "consent_given_is_good_until_a_day"),
        ({"answered_at": None}, "consent_answered_knows_since_when"),
    ],
)
def test_the_database_keeps_no_half_consent(ngo, words, name):
    consent = ConsentFactory(organization=ngo)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**words)
