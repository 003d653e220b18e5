"""Police and serenazgo who come along: asked for by the board, answered by whoever may."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from notifications.models import Notice
from patrols import notices, queries
from patrols.actions import companions
from patrols.models import Companion, Shift
from patrols.queries.companions import companions_for
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON, MembershipFactory, OrganizationFactory, ShiftFactory
from tests.patrols.factories_calendar import CompanionFactory

SAYS = {kind.code: kind.say for kind in notices.KINDS}


@pytest.fixture
def sereno(shift, coordinator):
    return companions.request(shift=shift, kind="serenazgo", unit=" Móvil 12 ", by=coordinator, at=NOON)


@pytest.fixture
def station(shift, coordinator):
    return companions.request(shift=shift, kind="pnp", unit="Comisaría Zárate", by=coordinator, at=NOON)


def told():
    found = []
    for notice in Notice.objects.filter(kind="companion_changed", channel="inbox", state="pending"):
        message = SAYS["companion_changed"](notice, NOON)
        found += [f"{message.title} {message.body}"] if message else []
    return found


def test_the_municipality_answers_for_its_serenazgo_and_the_crew_is_told(sereno, reviewer, crew):
    done = companions.confirm(companion=sereno, by=reviewer, at=NOON)
    assert (done.status, done.unit, done.answered_by) == ("confirmed", "Móvil 12", reviewer)
    words = told()
    assert len(words) == 2
    assert not any("Móvil" in one for one in words)


def test_the_coordinator_writes_down_what_the_station_answered(station, coordinator, reviewer):
    with pytest.raises(NotAllowed):
        companions.confirm(companion=station, by=reviewer, at=NOON)
    assert companions.decline(companion=station, by=coordinator, at=NOON).status == "declined"
    assert companions.confirm(companion=station, by=coordinator, at=NOON).status == "confirmed"


def test_nobody_confirms_serenazgo_in_its_name_where_it_has_a_desk(sereno, coordinator, reviewer):
    with pytest.raises(NotAllowed):
        companions.confirm(companion=sereno, by=coordinator, at=NOON)


def test_where_no_municipality_has_joined_the_coordinator_writes_it_down(sereno, coordinator):
    assert companions.confirm(companion=sereno, by=coordinator, at=NOON).status == "confirmed"


def test_a_crew_that_counted_on_it_is_told_when_it_is_called_off(sereno, reviewer, coordinator, crew):
    companions.cancel(companion=sereno, by=coordinator, at=NOON)
    assert told() == []
    again = companions.request(shift=sereno.shift, kind="serenazgo", unit="Móvil 3", by=coordinator, at=NOON)
    companions.confirm(companion=again, by=reviewer, at=NOON)
    companions.cancel(companion=again, by=coordinator, at=NOON)
    assert len(told()) == 2


@pytest.mark.parametrize("unit", ["", "  ", "DNI 45678912", "999888777", "sereno@sjl.gob.pe", "x" * 61])
def test_a_unit_is_no_person(unit, shift, coordinator):
    with pytest.raises(Invalid) as refused:
        companions.request(shift=shift, kind="pnp", unit=unit, by=coordinator, at=NOON)
    assert list(refused.value.fields) == ["unit"]


def test_strangers_find_nothing_and_volunteers_may_not(sereno, stranger, volunteer, shift):
    elsewhere = MembershipFactory(
        organization=OrganizationFactory(kind="municipality", ubigeo="150110"), roles={Role.REVIEWER}
    )
    for verb in (companions.confirm, companions.decline, companions.cancel):
        for nobody in (stranger, elsewhere):
            with pytest.raises(NotFound):
                verb(companion=sereno, by=nobody, at=NOON)
        with pytest.raises(NotAllowed):
            verb(companion=sereno, by=volunteer, at=NOON)
    with pytest.raises(NotAllowed):
        companions.request(shift=shift, kind="pnp", unit="Móvil 1", by=volunteer, at=NOON)


def test_the_municipality_does_not_call_off_what_a_board_asked(sereno, reviewer):
    with pytest.raises((NotAllowed, NotFound)):
        companions.cancel(companion=sereno, by=reviewer, at=NOON)


def test_the_municipality_sees_nothing_of_drafts(organization, reviewer):
    draft = ShiftFactory(organization=organization, status="draft")
    CompanionFactory(organization=organization, shift=draft)
    assert not Companion.objects.visible_to(reviewer).exists()


def test_the_crew_sees_it_with_the_meeting_point_and_not_before(sereno, crew, shift, volunteer):
    def seen_by(member, at):
        row = queries.as_seen_by(Shift.objects.filter(pk=shift.pk), member).get()
        return companions_for(row, member, at)

    soon = shift.starts_at - timedelta(hours=1)
    assert seen_by(crew[0], NOON) == []
    assert seen_by(crew[0], soon) == [sereno]
    assert seen_by(volunteer, soon) == []
    assert not Companion.objects.visible_to(crew[0]).exists()


def test_a_stale_answer_is_refused(station, coordinator):
    companions.confirm(companion=station, by=coordinator, at=NOON, expected_version=1)
    with pytest.raises(Stale):
        companions.decline(companion=station, by=coordinator, at=NOON, expected_version=1)


def test_nothing_is_answered_after_the_end_nor_asked_after_the_start(station, coordinator, shift):
    with pytest.raises(Conflict):
        companions.confirm(companion=station, by=coordinator, at=shift.ends_at)
    with pytest.raises(Conflict):
        companions.request(shift=shift, kind="pnp", unit="Móvil 2", by=coordinator, at=shift.starts_at)


MOVES = {
    ("requested", "confirm"): "confirmed",
    ("requested", "decline"): "declined",
    ("requested", "cancel"): "cancelled",
    ("confirmed", "decline"): "declined",
    ("confirmed", "cancel"): "cancelled",
    ("declined", "confirm"): "confirmed",
}


@pytest.mark.parametrize("verb", ["confirm", "decline", "cancel"])
@pytest.mark.parametrize("status", ["requested", "confirmed", "declined", "cancelled"])
def test_every_move_is_legal_or_refused(status, verb, shift, coordinator):
    answered = {"answered_by": coordinator, "answered_at": NOON} if status != "requested" else {}
    row = CompanionFactory(
        organization=shift.organization, shift=shift, kind="pnp", status=status, **answered
    )
    act = getattr(companions, verb)
    if (status, verb) in MOVES:
        assert act(companion=row, by=coordinator, at=NOON).status == MOVES[status, verb]
    else:
        with pytest.raises(IllegalMove):
            act(companion=row, by=coordinator, at=NOON)
