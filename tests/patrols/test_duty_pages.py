"""The desk's roster as a page and as a resource: who answers when, gaps in words, and mending them."""

from datetime import datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from patrols.models import LIMA, DutyTurn
from patrols.queries import roster
from patrols.queries.duty import who_answers
from tests.factories import NOON, MembershipFactory, OrganizationFactory, ShiftFactory
from tests.patrols.factories_safety import DutyTurnFactory

HOUR = timedelta(hours=1)
TODAY = NOON.astimezone(LIMA).date()


@pytest.fixture(autouse=True)
def _noon(at_noon):
    """Noon in Lima."""


@pytest.fixture
def relief(reviewer):
    return MembershipFactory(organization=reviewer.organization, roles={Role.REVIEWER}, alias="Zorzal 9")


def lima(hour, days=0):
    return datetime.combine(TODAY + timedelta(days=days), time(hour), LIMA)


def turn(member, starts_at, hours):
    return DutyTurnFactory(
        organization=member.organization,
        member=member,
        starts_at=starts_at,
        ends_at=starts_at + hours * HOUR,
    )


def page(name, member, *keys):
    return reverse(f"patrols:{name}", args=[member.organization.code, *keys])


def api(name, member, row=None):
    keys = {"organization": member.organization.code} | ({"pk": row.pk} if row else {})
    return reverse(f"patrols-api:{name}", kwargs=keys)


def typed(member, **changes):
    words = {"id": uuid4(), "starts_on": TODAY, "starts_time": "22:00", "ends_time": "02:00"}
    return words | {"member": member.pk} | changes


# -- gaps ------------------------------------------------------------------------------------------


def test_a_gap_is_what_no_turn_covers_and_knows_the_patrols_in_it(reviewer, relief, organization):
    turn(reviewer, lima(18), 4)
    turn(relief, lima(20), 4)  # at the same time for a while
    turn(relief, lima(2, days=1), 4)
    ShiftFactory(organization=organization, starts_at=lima(23), ends_at=lima(1, days=1))
    ShiftFactory(organization=organization, starts_at=lima(19), ends_at=lima(21))
    (gap,) = roster.gaps(reviewer, lima(18), lima(6, days=1))
    assert (gap.starts_at, gap.ends_at, gap.patrols) == (lima(0, days=1), lima(2, days=1), 1)


def test_whoever_may_not_answer_any_more_leaves_a_gap(reviewer, relief):
    turn(relief, lima(18), 4)
    relief.left_on = TODAY
    relief.save()
    assert [(gap.starts_at, gap.ends_at) for gap in roster.gaps(reviewer, lima(18), lima(22))] == [
        (lima(18), lima(22))
    ]


def test_a_draft_or_a_night_called_off_makes_no_gap_worse(reviewer, organization):
    for status in ("draft", "cancelled"):
        ShiftFactory(organization=organization, starts_at=lima(19), ends_at=lima(21), status=status)
    (gap,) = roster.gaps(reviewer, lima(18), lima(22))
    assert gap.patrols == 0


# -- the page --------------------------------------------------------------------------------------


def test_the_week_says_who_answers_and_in_words_when_nobody_does(reviewer, relief, organization, browsing):
    turn(relief, lima(18), 4)
    turn(reviewer, lima(2, days=1), 4)
    ShiftFactory(organization=organization, starts_at=lima(23), ends_at=lima(1, days=1))
    said = browsing(reviewer).get(page("duty", reviewer)).content.decode()
    assert "Zorzal 9" in said
    assert "Sin nadie: mar 22:00–02:00" in said
    assert "1 ronda en la calle" in said


def test_an_empty_week_teaches_what_the_roster_is_for(reviewer, browsing):
    said = browsing(reviewer).get(page("duty", reviewer)).content.decode()
    assert "Nadie está de turno esta semana" in said


def test_another_week_is_an_address_of_its_own(reviewer, relief, browsing):
    turn(relief, lima(18, days=7), 4)
    assert "Zorzal 9" in browsing(reviewer).get(page("duty-of", reviewer, 2030, 2)).content.decode()
    assert browsing(reviewer).get(page("duty-of", reviewer, 2030, 60)).status_code == 404


def test_somebody_is_put_on_duty_past_midnight_and_once(reviewer, relief, browsing):
    words, desk = typed(relief), browsing(reviewer)
    for _tap in range(2):
        assert desk.post(page("duty", reviewer), words).status_code == 302
    row = DutyTurn.objects.get()
    assert (row.member, row.starts_at, row.ends_at) == (relief, lima(22), lima(2, days=1))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_time": "25:00"}, "starts_time"),
        ({"starts_time": "06:00", "ends_time": "05:00"}, "16 horas como máximo"),
        ({"starts_on": "2029-12-01"}, "Eso ya pasó."),
        ({"starts_on": "2030-12-01"}, "60 días"),
        ({"member": uuid4()}, "member"),
        ({"id": "no key"}, "id"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_keeps_what_was_typed(
    changes, said, reviewer, relief, browsing
):
    answer = browsing(reviewer).post(page("duty", reviewer), typed(relief) | changes)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said in shown
    assert str(changes.get("starts_time", "22:00")) in shown
    assert not DutyTurn.objects.exists()


def test_two_turns_of_one_person_at_once_are_refused_in_words(reviewer, relief, browsing):
    turn(relief, lima(20), 4)
    answer = browsing(reviewer).post(page("duty", reviewer), typed(relief))
    assert answer.status_code == 422
    assert "ya está de turno a esa hora" in answer.content.decode()


def test_a_gap_that_is_tapped_fills_the_form_with_its_hours(reviewer, browsing):
    gap = {"from": lima(21).isoformat(), "until": lima(3, days=1).isoformat()}
    said = browsing(reviewer).get(page("duty", reviewer), gap).content.decode()
    assert 'value="21:00"' in said
    assert 'value="03:00"' in said
    assert browsing(reviewer).get(page("duty", reviewer), {"from": "x", "until": "y"}).status_code == 200


def test_a_turn_is_covered_by_whoever_says_so(reviewer, relief, browsing):
    row = turn(relief, lima(20), 4)
    for _tap in range(2):
        browsing(reviewer).post(page("duty-take-over", reviewer, row.pk), {"version": 1})
    row.refresh_from_db()
    assert (row.member, row.version) == (reviewer, 2)


def test_a_turn_taken_off_says_at_once_what_nobody_covers(reviewer, browsing):
    row = turn(reviewer, lima(20), 4)
    answer = browsing(reviewer).post(page("duty-end", reviewer, row.pk), {"version": 1}, follow=True)
    assert "Ahora no responde nadie: mar 1 ene 20:00–00:00." in answer.content.decode()
    assert who_answers(reviewer.ubigeo, lima(21)) is None


def test_a_turn_that_changed_meanwhile_is_not_ended_by_an_old_page(reviewer, relief, browsing):
    row = turn(relief, lima(20), 4)
    browsing(relief).post(page("duty-take-over", reviewer, turn(reviewer, lima(1), 4).pk), {"version": 1})
    browsing(reviewer).post(page("duty-take-over", reviewer, row.pk), {"version": 1})
    browsing(relief).post(page("duty-end", reviewer, row.pk), {"version": 1})
    row.refresh_from_db()
    assert row.cancelled_at is None


def test_boards_and_other_desks_see_no_roster(reviewer, coordinator, browsing):
    row = turn(reviewer, lima(20), 4)
    assert browsing(coordinator).get(page("duty", coordinator)).status_code == 403
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")
    far = MembershipFactory(organization=elsewhere, roles={Role.REVIEWER})
    for name in ("duty-end", "duty-take-over"):
        assert browsing(far).post(page(name, far, row.pk), {"version": 1}).status_code == 404


# -- the resource ----------------------------------------------------------------------------------


def test_a_turn_is_written_once_under_its_key(reviewer, relief, as_):
    words = {"id": str(uuid4()), "member": str(relief.pk)}
    words |= {"starts_at": lima(22).isoformat(), "ends_at": lima(2, days=1).isoformat()}
    door = as_(reviewer)
    assert door.post(api("duty-list", reviewer), words, format="json").status_code == 201
    answer = door.post(api("duty-list", reviewer), words, format="json")
    assert (answer.status_code, answer.json()["alias"]) == (200, "Zorzal 9")
    assert DutyTurn.objects.count() == 1


def test_a_turn_that_cannot_be_names_its_field(reviewer, coordinator, as_):
    words = {"id": str(uuid4()), "member": str(reviewer.pk)}
    words |= {"starts_at": lima(22).isoformat(), "ends_at": lima(20).isoformat()}
    answer = as_(reviewer).post(api("duty-list", reviewer), words, format="json")
    assert (answer.status_code, "ends_at" in str(answer.json())) == (400, True)
    words["member"] = str(coordinator.pk)
    assert as_(reviewer).post(api("duty-list", reviewer), words, format="json").status_code == 404
    assert as_(coordinator).post(api("duty-list", coordinator), words, format="json").status_code == 403


def test_the_list_narrows_to_hours_and_people_and_leaves_out_what_was_taken_off(reviewer, relief, as_):
    early, late = turn(reviewer, lima(8), 4), turn(relief, lima(20), 4)
    door = as_(reviewer)

    def listed(**asked):
        return [one["id"] for one in door.get(api("duty-list", reviewer), asked).json()["results"]]

    assert listed() == [str(early.pk), str(late.pk)]
    assert listed(since=lima(12).isoformat()) == [str(late.pk)]
    assert listed(until=lima(20).isoformat()) == [str(early.pk)]
    assert listed(member=str(relief.pk)) == [str(late.pk)]
    door.post(api("duty-end", reviewer, late), {}, format="json")
    assert listed(is_standing="true") == [str(early.pk)]


def test_begin_stands_when_said_twice_and_a_stale_end_is_refused(reviewer, relief, as_):
    door = as_(reviewer)
    first = door.post(api("duty-begin", reviewer), {}, format="json").json()
    with time_machine.travel(NOON + HOUR, tick=False):
        assert door.post(api("duty-begin", reviewer), {}, format="json").json()["id"] == first["id"]
        row = DutyTurn.objects.get()
        taken = as_(relief).post(api("duty-take-over", reviewer, row), {}, format="json")
    assert (taken.status_code, taken.json()["member"]) == (200, str(relief.pk))
    later = turn(reviewer, lima(23), 2)
    stale = door.post(api("duty-end", reviewer, later), {}, format="json", headers={"If-Match": '"7"'})
    assert stale.status_code in {409, 412}
    assert door.post(api("duty-end", reviewer, later), {}, format="json").status_code == 200
    assert door.post(api("duty-end", reviewer, later), {}, format="json").status_code == 409
