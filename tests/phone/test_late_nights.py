"""A night that reaches us late: what only the clock concluded gives way, what people said stands."""

import json
from datetime import datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from audit.models import Entry
from config.kinds import DIRECTORY, KINDS
from notifications import actions as notifications
from notifications.models import InboxItem
from patrols.actions import attendance, patrols, shifts
from patrols.models import Alarm, CrewMember, Move, Patrol
from patrols.queries.hours import total_of
from phone.models import Quarantined
from tests.factories import MembershipFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_visits import PriorityPointFactory
from tests.phone.conftest import iso
from tests.phone.nights import Phone, tick, what_is_known

ENDS = 180  # the planned end, in minutes
MORNING = ENDS + 9 * 60


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=4)


@pytest.fixture
def phones(shift, organization):
    """Ana, Beto, Cira and Delia have a place; Cira will not come."""
    found = {}
    for alias in ("Ana", "Beto", "Cira", "Delia"):
        member = MembershipFactory(organization=organization, alias=alias, roles={Role.VOLUNTEER})
        SignupFactory(shift=shift, membership=member, organization=organization)
        found[alias] = Phone(member, shift)
    return found


def at(shift, minutes):
    return shift.starts_at + timedelta(minutes=minutes)


def write_a_night(phones, points, *, delia_promises):
    ana, beto, delia = phones["Ana"], phones["Beto"], phones["Delia"]
    ana.step("open_briefing", -40)
    ana.step("check_in", -30)
    ana.write("patrol.pledged", -25)
    ana.step("start", 2)
    ana.write("patrol.log_entry", 20, text="Poste sin luz")
    ana.write("patrol.check", 30)
    ana.write("visit.arrived", 40, point=points[0], method="manual", reason_code="no_location")
    ana.write("visit.left", 50, point=points[0])
    ana.step("pause", 60)
    ana.step("resume", 75)
    ana.write("visit.arrived", 80, point=points[1], method="manual", reason_code="no_location")
    ana.write("patrol.log_entry", ENDS + 5, text="Reja rota")
    ana.step("finish", ENDS + 25)
    ana.write("patrol.log_entry", ENDS + 30, text="Todas en casa")
    ana.step("close", ENDS + 40, summary="Tranquilo", mood=4)
    beto.step("open_briefing", -35)
    beto.step("check_in", 11)
    beto.write("patrol.pledged", 12)
    beto.step("start", 14)
    beto.write("patrol.log_entry", 45, text="Perro suelto")
    beto.step("pause", 61)
    beto.write("patrol.check", 70)
    beto.step("resume", 74)
    beto.step("finish", ENDS + 27)
    delia.step("check_in", -5)
    delia.write("patrol.pledged", delia_promises)
    delia.step("leave", 90)


# Tests' own account of that night.
STEPS = [
    (-40, "open_briefing", "Ana"),
    (-35, "open_briefing", "Beto"),
    (-30, "check_in", "Ana"),
    (-5, "check_in", "Delia"),
    (2, "start", "Ana"),
    (11, "check_in", "Beto"),
    (14, "start", "Beto"),
    (60, "pause", "Ana"),
    (61, "pause", "Beto"),
    (74, "resume", "Beto"),
    (75, "resume", "Ana"),
    (90, "leave", "Delia"),
    (205, "finish", "Ana"),
    (207, "finish", "Beto"),
    (220, "close", "Ana"),
]


def the_night(*, delia_promises, unpledged):
    return {
        "status": "closed",
        "by_clock": False,
        "came_late": True,
        "leader": "Ana",
        "hours": [-40, 2, 205],
        "words": ("Tranquilo", 4, "", ""),
        "unpledged": unpledged,
        "crew": {
            "Ana": ("present", -30, None, -25),
            "Beto": ("late", 11, None, 12),
            "Cira": ("no_show", None, None, None),
            "Delia": ("left_early", -5, 90, delia_promises),
        },
        "log": [
            (20, "Poste sin luz", True),
            (45, "Perro suelto", True),
            (185, "Reja rota", True),
            (210, "Todas en casa", True),
        ],
        "checks": [(30, True), (70, True)],
        "visits": [(40, 50, True), (80, 205, True)],
        "steps": STEPS,
        "open_alarms": 0,
    }


def live(phone, count):
    """What still reached us in time, each as it was done."""
    for envelope in phone.waiting[:count]:
        (answer,) = phone.send(datetime.fromisoformat(envelope["captured_at"]), envelope)
        assert answer["status"] == 201, answer


def the_clock_goes_on(shift, until):
    for minutes in (-20, 35, 60, ENDS + 1, ENDS + 181, until):
        tick(at(shift, minutes))


# How much of it reached us before the signal was gone: of Ana's and of Delia's phone.
HEARD = {"nothing": (0, 0), "the briefing": (2, 0), "the start": (4, 2)}


def night_without_signal(shift, phones, points, heard):
    of_ana, of_delia = HEARD[heard]
    write_a_night(phones, points, delia_promises=-4 if of_delia else 13)
    live(phones["Ana"], min(of_ana, 3))
    live(phones["Delia"], of_delia)
    live(phones["Ana"], max(0, of_ana - 3))
    the_clock_goes_on(shift, MORNING)


@pytest.fixture
def points(shift, organization):
    made = PriorityPointFactory.create_batch(2, organization=organization, sector=shift.sector)
    return [str(point.pk) for point in made]


def expected_after(heard):
    if heard == "the start":
        return the_night(delia_promises=-4, unpledged=0)
    return the_night(delia_promises=13, unpledged=1)


def arrive_in_pieces(shift, phones, data):
    """Everything is sent in pieces, in any order; what was not kept is sent again, until all is kept or
    nothing changes any more. The clock ticks in between."""
    minutes, left = MORNING, None
    while left != (left := sum(len(phone.waiting) for phone in phones.values())):
        pieces = [(alias, one) for alias, phone in phones.items() for one in phone.waiting]
        pieces = data.draw(st.permutations(pieces))
        while pieces:
            size = data.draw(st.sampled_from([1, 1, 2, 5, 9]))
            some, pieces = pieces[:size], pieces[size:]
            minutes += data.draw(st.sampled_from([0, 1, 20]))
            for alias in dict.fromkeys(alias for alias, _one in some):
                batch = [one for whose, one in some if whose == alias]
                again = batch[:1] if data.draw(st.booleans()) else []
                phones[alias].send(at(shift, minutes), *batch, *again)
            if data.draw(st.booleans()):
                tick(at(shift, minutes))
    tick(at(shift, minutes + 60))


@pytest.mark.parametrize("heard", HEARD)
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_in_whatever_order_a_night_arrives_it_ends_the_same(heard, shift, phones, points, data):
    with transaction.atomic():
        for phone in phones.values():
            phone.__post_init__()
        night_without_signal(shift, phones, points, heard)
        arrive_in_pieces(shift, phones, data)
        waiting = {alias: phone.waiting for alias, phone in phones.items() if phone.waiting}
        known = what_is_known(shift)
        transaction.set_rollback(True)
    assert (waiting, known) == ({}, expected_after(heard))


# -- one thing at a time ------------------------------------------------------------------------------


@pytest.fixture
def missed(shift, phones, points):
    """A night of which nothing was heard: the clock noted that nobody went out."""
    night_without_signal(shift, phones, points, "nothing")
    assert Patrol.objects.get().status == "missed"
    return shift


@pytest.fixture
def closed_by_clock(shift, phones, points):
    """A night of which only the start was heard: the clock closed it."""
    night_without_signal(shift, phones, points, "the start")
    assert (Patrol.objects.get().status, Patrol.objects.get().is_auto_closed) == ("closed", True)
    return shift


def only(phone, *verbs):
    """Of what waits on a phone, the steps of these verbs."""
    return [one for one in phone.waiting if json.loads(one["payload"]).get("verb") in verbs]


def audited(action):
    return Entry.objects.filter(action=action).count()


def test_a_night_noted_as_missed_comes_to_life_and_says_so(missed, phones):
    before = Patrol.objects.get().version
    answers = phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "open_briefing", "check_in"))

    patrol = Patrol.objects.get()
    assert [answer["status"] for answer in answers] == [201, 201]
    assert (patrol.status, patrol.leader.alias, patrol.came_late_at) == (
        "briefing",
        "Ana",
        at(missed, MORNING),
    )
    assert patrol.version > before
    assert audited("patrol.came_late") == 1
    assert Move.objects.filter(verb="reopen", status="planned").count() == 1


def test_the_clock_lets_a_night_arrive_before_it_concludes_again(missed, phones):
    phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "open_briefing"))
    tick(at(missed, MORNING + 14))
    assert Patrol.objects.get().status == "briefing"
    tick(at(missed, MORNING + 15))
    assert Patrol.objects.get().status == "missed"


def test_what_cannot_be_applied_yet_is_to_be_sent_again(missed, phones):
    answers = phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "finish", "close"))
    assert {(answer["status"], answer["is_kept"]) for answer in answers} == {(404, False)}

    phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "open_briefing"))
    answers = phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "finish", "close"))
    assert {(one["status"], one["code"], one["is_kept"]) for one in answers} == {(409, "illegal_move", False)}
    assert Patrol.objects.get().status == "briefing"


def test_a_close_before_its_finish_leaves_what_the_clock_closed_as_it_is(closed_by_clock, phones):
    (answer,) = phones["Ana"].send(at(closed_by_clock, MORNING), *only(phones["Ana"], "close"))

    patrol = Patrol.objects.get()
    assert (answer["code"], answer["is_kept"]) == ("illegal_move", False)
    assert (patrol.is_auto_closed, patrol.came_late_at) == (True, None)
    assert audited("patrol.came_late") == 0


@pytest.mark.parametrize(
    ("verb", "status"), [("finish", "debrief"), ("abort_for_safety", "aborted_for_safety")]
)
def test_an_end_that_comes_late_takes_the_place_of_the_clocks(verb, status, closed_by_clock, phones):
    words = {"reason_code": "weather"} if verb == "abort_for_safety" else {}
    late = phones["Beto"].step("check_in", 11), phones["Beto"].step(verb, ENDS + 17, **words)

    answers = phones["Beto"].send(at(closed_by_clock, MORNING), *late)

    patrol = Patrol.objects.get()
    assert [answer["status"] for answer in answers] == [201, 201]
    assert (patrol.status, patrol.ended_at) == (status, at(closed_by_clock, ENDS + 17))
    assert (patrol.is_auto_closed, patrol.came_late_at is None) == (False, False)


def test_a_step_of_another_hour_does_not_move_the_clock(closed_by_clock, phones):
    """A phone whose clock was set anew in between names a moment that is not of this night."""
    ana = phones["Ana"]
    too_late, too_early = ana.step("finish", ENDS + 180), ana.step("finish", -61)
    answers = ana.send(at(closed_by_clock, MORNING), too_late, too_early)
    assert {(one["code"], one["is_kept"]) for one in answers} == {("illegal_move", False)}
    assert Patrol.objects.get().is_auto_closed


def test_a_start_after_the_clock_had_noted_it_is_none(missed, phones):
    ana = phones["Ana"]
    (answer,) = ana.send(at(missed, MORNING), ana.step("open_briefing", ENDS))
    assert (answer["status"], answer["is_kept"], Patrol.objects.get().status) == (409, False, "missed")


def test_hours_follow_what_the_phones_say(closed_by_clock, phones):
    arrive(closed_by_clock, phones)
    hours = {alias: total_of(phones[alias].member).hours for alias in ("Ana", "Beto", "Cira", "Delia")}
    assert hours == {"Ana": 3.4, "Beto": 3.2, "Cira": 0, "Delia": 1.5}


def arrive(shift, phones, minutes=MORNING):
    """Everything, phone by phone, as long as that helps."""
    for _round in range(2):
        for phone in phones.values():
            if phone.waiting:
                phone.send(at(shift, minutes))


def test_what_a_person_put_right_does_not_give_way_to_a_phone(closed_by_clock, phones, coordinator):
    beto = CrewMember.objects.get(membership=phones["Beto"].member)
    assert beto.attendance == "no_show"
    words = {"attendance": "excused", "reason_code": "told_us"}
    attendance.correct(crew_member=beto, by=coordinator, at=at(closed_by_clock, MORNING - 60), **words)
    cira = CrewMember.objects.get(membership=phones["Cira"].member)
    words = {"attendance": "present", "reason_code": "phone_failed"}
    attendance.correct(crew_member=cira, by=coordinator, at=at(closed_by_clock, MORNING - 60), **words)

    arrive(closed_by_clock, phones)

    beto.refresh_from_db(), cira.refresh_from_db()
    assert (beto.attendance, cira.attendance) == ("excused", "present")


# -- what people said stands --------------------------------------------------------------------------


def decided(answers):
    return [(one["status"], one["code"], one["is_kept"]) for one in answers]


KEPT = (409, "decided", True)


def test_what_the_coordinator_has_read_stays_and_the_rest_is_kept_for_a_person(
    closed_by_clock, phones, coordinator
):
    patrols.review(patrol=Patrol.objects.get(), by=coordinator, at=at(closed_by_clock, MORNING - 60))
    ana = phones["Ana"]
    sent = only(ana, "resume", "finish", "close")

    first, again = (ana.send(at(closed_by_clock, MORNING + minutes), *sent) for minutes in (0, 5))
    (line,) = ana.send(
        at(closed_by_clock, MORNING), next(one for one in ana.waiting if "Reja" in one["payload"])
    )

    assert decided(first) == decided(again) == [KEPT] * 3
    assert set(Quarantined.objects.values_list("code", "organization", "kind")) == {
        ("decided", closed_by_clock.organization_id, "patrol.move")
    }
    assert Quarantined.objects.count() == 3
    assert (line["status"], line["result"]["is_late"]) == (201, True)
    assert Patrol.objects.get().status == "reviewed"


def test_a_night_that_was_called_off_stays_called_off(shift, phones, points, coordinator):
    write_a_night(phones, points, delia_promises=13)
    shifts.cancel(shift=shift, by=coordinator, at=at(shift, -20), reason="Lluvia")
    the_clock_goes_on(shift, MORNING)

    answers = phones["Ana"].send(at(shift, MORNING))

    assert set(decided(answers)) == {KEPT}
    assert not Patrol.objects.exists()
    assert (phones["Ana"].waiting, Quarantined.objects.count()) == ([], 15)


def test_a_briefing_that_was_called_off_takes_nothing_late(shift, phones, points, coordinator):
    write_a_night(phones, points, delia_promises=13)
    live(phones["Ana"], 2)
    shifts.cancel(shift=shift, by=coordinator, at=at(shift, -20), reason="Lluvia")

    answers = phones["Ana"].send(at(shift, MORNING))

    assert set(decided(answers)) == {KEPT}
    assert Patrol.objects.get().status == "cancelled"


def test_a_held_night_stays_held(missed, phones):
    missed.held_at = at(missed, -45)
    missed.save()

    answers = phones["Ana"].send(at(missed, MORNING))

    assert set(decided(answers)) == {KEPT}
    assert (Patrol.objects.get().status, Patrol.objects.get().came_late_at) == ("missed", None)


@pytest.mark.parametrize(("heard", "status"), [("the briefing", "missed"), ("the start", "closed")])
def test_calling_off_a_night_that_is_over_is_kept_for_a_person(shift, phones, points, heard, status):
    night_without_signal(shift, phones, points, heard)
    ana = phones["Ana"]

    answers = ana.send(at(shift, MORNING), ana.step("cancel", -10, reason="Lluvia"))

    assert decided(answers) == [KEPT]
    assert (Patrol.objects.get().status, Quarantined.objects.count()) == (status, 1)
    shift.refresh_from_db()
    assert shift.cancel_reason == ""


def test_a_night_held_just_now_may_be_sent_again(shift, phones):
    shift.held_at = at(shift, -45)
    shift.save()
    ana = phones["Ana"]
    (answer,) = ana.send(at(shift, -40), ana.step("open_briefing", -40))
    assert decided([answer]) == [(409, "held", False)]


def test_a_crew_that_broke_off_is_not_brought_home_by_another_phone(closed_by_clock, phones):
    delia = phones["Delia"]
    delia.send(at(closed_by_clock, MORNING), delia.step("abort_for_safety", 100, reason_code="threat"))

    answers = phones["Ana"].send(at(closed_by_clock, MORNING), *only(phones["Ana"], "finish", "close"))

    assert decided(answers) == [KEPT, KEPT]
    assert Patrol.objects.get().safety_reason == "threat"


def test_of_two_who_broke_off_the_first_counts(closed_by_clock, phones):
    ana, delia = phones["Ana"], phones["Delia"]
    ana.send(at(closed_by_clock, MORNING), ana.step("abort_for_safety", 101, reason_code="danger"))
    delia.send(at(closed_by_clock, MORNING), delia.step("abort_for_safety", 100, reason_code="threat"))

    patrol = Patrol.objects.get()
    assert (patrol.ended_at, patrol.safety_reason) == (at(closed_by_clock, 100), "threat")


def test_a_second_debrief_is_kept_beside_the_first(closed_by_clock, phones):
    arrive(closed_by_clock, phones)
    beto = phones["Beto"]
    (answer,) = beto.send(at(closed_by_clock, MORNING), beto.step("close", ENDS + 35, summary="Todo bien"))
    assert decided([answer]) == [KEPT]
    assert Patrol.objects.get().summary == "Tranquilo"


# -- who was told otherwise ---------------------------------------------------------------------------


def deliver(now):
    notifications.plan(kinds=KINDS, now=now)
    while notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: now):
        pass


def last_heard(member):
    return InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at", "pk").last().kind


def test_the_last_message_about_a_forgotten_night_is_true(shift, phones, points, coordinator):
    night_without_signal(shift, phones, points, "the start")
    deliver(at(shift, MORNING - 1))
    assert last_heard(coordinator) == last_heard(phones["Ana"].member) == "patrol_forgotten"

    arrive(shift, phones)
    deliver(at(shift, MORNING + 1))
    tick(at(shift, MORNING + 60))
    deliver(at(shift, MORNING + 61))

    assert last_heard(coordinator) == last_heard(phones["Ana"].member) == "patrol_came_late"


def test_nobody_is_called_out_for_a_night_that_is_over(missed, phones):
    """Its start reaches us first: silent since last night, and all of them at home."""
    for phone in phones.values():
        if phone.waiting:
            phone.send(at(missed, MORNING), *only(phone, "open_briefing", "check_in", "start"))
    phones["Ana"].send(at(missed, MORNING), *only(phones["Ana"], "start"))
    assert Patrol.objects.get().status == "active"
    tick(at(missed, MORNING + 6))
    assert not Alarm.objects.exists()


def test_whoever_was_just_heard_of_is_asked_before_anybody_is_alarmed(shift, phones, points):
    """The start comes an hour late, while they are out: what they did since is on its way."""
    write_a_night(phones, points, delia_promises=-4)
    for alias in ("Ana", "Delia"):
        phones[alias].send(at(shift, 61), *only(phones[alias], "open_briefing", "check_in"))
    phones["Ana"].send(at(shift, 61), *only(phones["Ana"], "start"))
    assert Patrol.objects.get().started_at == at(shift, 2)
    tick(at(shift, 62))
    assert not Alarm.objects.exists()
    tick(at(shift, 66))
    assert Alarm.objects.get().kind == "overdue"


# -- where it can be read -----------------------------------------------------------------------------


def test_the_page_and_the_api_say_plainly_that_it_came_late(
    closed_by_clock, phones, coordinator, browsing, as_
):
    arrive(closed_by_clock, phones)
    patrol, code = Patrol.objects.get(), closed_by_clock.organization.code
    with time_machine.travel(at(closed_by_clock, MORNING + 10), tick=False):
        page = browsing(coordinator).get(reverse("patrols:patrol", args=[code, patrol.pk]))
        told = as_(coordinator).get(reverse("patrols-api:patrol-detail", args=[code, patrol.pk])).json()
        steps = as_(coordinator).get(reverse("patrols-api:patrol-moves", args=[code, patrol.pk])).json()
    text = page.content.decode()
    assert "Llegó tarde, sin señal: lo que hizo la ronda llegó a Ronda" in text
    assert "Ronda la cerró" not in text
    assert told["came_late_at"] == iso(at(closed_by_clock, MORNING))
    (close,) = [one for one in steps if one["verb"] == "close"]
    assert close["happened_at"] == iso(at(closed_by_clock, ENDS + 40))


def test_an_alarm_of_the_night_before_last_ends_with_the_news(closed_by_clock, phones):
    assert Alarm.objects.open().count() == 1
    arrive(closed_by_clock, phones, MORNING + 24 * 60)
    tick(at(closed_by_clock, MORNING + 24 * 60 + 1))
    assert Alarm.objects.get().reason in {"late_check_in", "all_well"}
