"""The pages of patrols: who may open which, what a refusal leaves on the page, what a tap does."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from patrols.actions import patrols, pledges
from patrols.models import LogEntry, Patrol, Shift, Signup
from tests.factories import (
    CrewMemberFactory,
    LogEntryFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    SectorFactory,
    ShiftFactory,
    SignupFactory,
)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def shift(organization, now):
    return night(organization, now + timedelta(days=1))


@pytest.fixture
def chief(organization):
    muni = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    return MembershipFactory(organization=muni, roles={Role.SECURITY_CHIEF})


@pytest.fixture
def leader(organization):
    return MembershipFactory(organization=organization, roles={Role.PATROL_LEADER})


@pytest.fixture
def patrol(organization, volunteer, leader, now):
    """A briefing two people came to."""
    shift = night(organization, now + timedelta(minutes=20))
    for member in (volunteer, leader):
        SignupFactory(organization=organization, shift=shift, membership=member, confirmed_at=now)
    patrol = patrols.open_briefing(shift=shift, by=leader, at=now)
    for member in (volunteer, leader):
        patrols.check_in(patrol=patrol, by=member, at=now)
        pledges.give(patrol=patrol, by=member, at=now)
    return patrol


@pytest.fixture
def active(patrol, leader, now):
    return patrols.start(patrol=patrol, by=leader, at=now)


def night(organization, starts_at, **fields):
    day = timezone.localtime(starts_at - timedelta(hours=6)).date()
    return ShiftFactory(organization=organization, starts_at=starts_at, service_date=day, **fields)


def over(organization, now, **fields):
    shift = night(organization, now - timedelta(days=1))
    times = {"started_at": shift.starts_at, "ended_at": shift.ends_at}
    fields = {"status": "closed", "summary": "Tranquilo"} | times | fields
    return PatrolFactory(organization=organization, shift=shift, **fields)


def url(member, name, *args):
    return reverse(f"patrols:{name}", args=[member.organization.code, *args])


def text(response):
    return response.content.decode()


def planned(sector, **changed):
    typed = {
        "id": str(uuid4()),
        "starts_on": (timezone.localdate() + timedelta(days=2)).isoformat(),
        "starts_time": "21:00",
        "ends_time": "00:30",
        "sector": str(sector.pk),
        "kind": "neighbor_round",
        "meeting_point": "Parque de la losa",
        "minimum_crew": "2",
        "capacity": "6",
    }
    return typed | changed


# -- who may open what ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["week", "plan", "finished", "mine"])
def test_a_stranger_finds_no_page_of_another_organization(browsing, stranger, organization, name):
    page = reverse(f"patrols:{name}", args=[organization.code])
    assert browsing(stranger).get(page).status_code == 404


@pytest.mark.parametrize("name", ["shift", "change", "cancel", "sign-up"])
def test_a_stranger_finds_no_shift_through_their_own_address(browsing, stranger, shift, name):
    client = browsing(stranger)
    page = url(stranger, name, shift.pk)
    assert {client.get(page).status_code, client.post(page).status_code} <= {404, 405}


@pytest.mark.parametrize("name", ["patrol", "outing", "start", "note", "go-home", "review"])
def test_a_stranger_finds_no_patrol_through_their_own_address(browsing, stranger, patrol, name):
    client = browsing(stranger)
    page = url(stranger, name, patrol.pk)
    assert {client.get(page).status_code, client.post(page).status_code} <= {404, 405}


def test_whoever_is_not_signed_in_is_asked_to(client, organization):
    answer = client.get(reverse("patrols:mine", args=[organization.code]))
    assert answer.headers["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["plan", "shift", "change"])
def test_a_volunteer_may_not_open_the_planners_pages(browsing, volunteer, shift, name):
    args = [] if name == "plan" else [shift.pk]
    assert browsing(volunteer).get(url(volunteer, name, *args)).status_code == 403


def test_the_municipality_reads_the_week_but_plans_nothing(browsing, chief, shift):
    page = browsing(chief).get(week_url(chief, shift))
    assert shift.sector.name in text(page)
    assert url(chief, "plan") not in text(page)
    assert shift.meeting_point not in text(page)
    assert browsing(chief).get(url(chief, "plan")).status_code == 403


def test_the_municipality_sees_that_a_patrol_was_done_not_who_or_what_was_written(
    browsing, chief, organization, now
):
    patrol = over(organization, now)
    walker = CrewMemberFactory(organization=organization, patrol=patrol, attendance="present")
    entry = LogEntryFactory(organization=organization, patrol=patrol)
    page = text(browsing(chief).get(url(chief, "patrol", patrol.pk)))
    assert organization.name in page
    assert walker.membership.alias not in page
    assert patrol.summary not in page
    assert entry.text not in page


# -- the week ------------------------------------------------------------------------------


def week_url(member, shift):
    year, week, _day = shift.service_date.isocalendar()
    return url(member, "week-of", year, week)


def test_the_week_shows_what_is_missing(browsing, coordinator, shift, now):
    SignupFactory(organization=coordinator.organization, shift=shift, confirmed_at=now)
    page = browsing(coordinator).get(week_url(coordinator, shift))
    nights = [night for day in page.context["days"] for night in day.nights]
    assert [(night.shift.pk, night.missing) for night in nights] == [(shift.pk, 1)]
    assert page.context["short"] == 1
    assert "badge-warn" in text(page)


def test_a_shift_after_midnight_stands_under_the_night_it_belongs_to(browsing, coordinator):
    moment = timezone.localtime().replace(hour=1, minute=0, second=0, microsecond=0) + timedelta(days=3)
    shift = night(coordinator.organization, moment)
    page = browsing(coordinator).get(week_url(coordinator, shift))
    day = next(day.day for day in page.context["days"] if day.nights)
    assert day == (moment - timedelta(days=1)).date()


@pytest.mark.parametrize("week", ["2030-W54", "2030-W00", "99999999-W01", "1970-W01"])
def test_a_week_that_does_not_exist_is_not_found(browsing, coordinator, week):
    page = f"{url(coordinator, 'week')}{week}/"
    assert browsing(coordinator).get(page).status_code == 404


def test_the_week_costs_the_same_queries_for_one_shift_and_for_ten(browsing, coordinator, now):
    client, organization = browsing(coordinator), coordinator.organization
    first = night(organization, now + timedelta(days=1))
    SignupFactory(organization=organization, shift=first, confirmed_at=now)
    for_one = queries(client, week_url(coordinator, first))
    for _ in range(9):
        SignupFactory(organization=organization, shift=night(organization, first.starts_at), confirmed_at=now)
    assert queries(client, week_url(coordinator, first)) == for_one


def queries(client, page):
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(page).status_code == 200
    return len(asked)


# -- planning ------------------------------------------------------------------------------


def test_a_coordinator_plans_and_publishes_with_one_form(browsing, coordinator):
    typed = planned(sector_of(coordinator), publish="1")
    answer = browsing(coordinator).post(url(coordinator, "plan"), typed)
    shift = Shift.objects.get()
    assert answer.status_code == 302
    assert shift.status == "open"
    assert shift.ends_at - shift.starts_at == timedelta(hours=3, minutes=30)


def test_without_publishing_it_stays_a_draft(browsing, coordinator):
    browsing(coordinator).post(url(coordinator, "plan"), planned(sector_of(coordinator)))
    assert Shift.objects.get().status == "draft"


def test_the_same_form_sent_twice_plans_one_shift(browsing, coordinator):
    typed, client = planned(sector_of(coordinator)), browsing(coordinator)
    answers = [client.post(url(coordinator, "plan"), typed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Shift.objects.count() == 1


def test_going_back_and_planning_another_day_plans_a_second_shift(browsing, coordinator):
    typed, client = planned(sector_of(coordinator)), browsing(coordinator)
    another = typed | {"starts_on": (timezone.localdate() + timedelta(days=3)).isoformat()}
    for form in (typed, another):
        client.post(url(coordinator, "plan"), form)
    assert Shift.objects.count() == 2


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"capacity": "1"}, "capacity"),
        ({"minimum_crew": "1"}, "minimum_crew"),
        ({"starts_on": "2020-01-01"}, "starts_on"),
        ({"ends_time": "20:00"}, "ends_time"),
        ({"meeting_point": ""}, "meeting_point"),
        ({"starts_on": "mañana"}, "starts_on"),
        ({"sector": str(uuid4())}, "sector"),
    ],
)
def test_a_refused_plan_keeps_what_was_typed_and_marks_the_field(browsing, coordinator, changed, field):
    typed = planned(sector_of(coordinator)) | changed
    page = browsing(coordinator).post(url(coordinator, "plan"), typed)
    assert page.status_code == 422
    assert page.context["form"].errors[field]
    assert page.context["form"]["ends_time"].value() == typed["ends_time"]
    assert f'id="id_{field}_error"' in text(page)
    assert not Shift.objects.exists()


def test_a_sector_of_another_district_is_not_offered(browsing, coordinator):
    elsewhere = SectorFactory(district__ubigeo="150101", district__name="Lima")
    page = browsing(coordinator).post(url(coordinator, "plan"), planned(elsewhere))
    assert page.status_code == 422
    assert not Shift.objects.exists()


def test_changing_what_somebody_else_changed_meanwhile_says_so(browsing, coordinator, shift):
    typed = planned(shift.sector, version=shift.version, meeting_point="Otro lugar")
    Shift.objects.filter(pk=shift.pk).update(version=shift.version + 1)
    page = browsing(coordinator).post(url(coordinator, "change", shift.pk), typed)
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()
    assert "Otro lugar" in text(page)


def test_a_change_is_saved_and_leads_back_to_the_shift(browsing, coordinator, shift):
    typed = planned(shift.sector, version=shift.version, meeting_point="Otro lugar")
    answer = browsing(coordinator).post(url(coordinator, "change", shift.pk), typed)
    shift.refresh_from_db()
    assert answer.headers["Location"] == url(coordinator, "shift", shift.pk)
    assert shift.meeting_point == "Otro lugar"


def test_moving_a_shift_into_another_night_of_its_crew_says_how_many_and_what_to_do(
    browsing, coordinator, shift, volunteer
):
    typed = planned(shift.sector, version=shift.version)
    SignupFactory(organization=shift.organization, shift=shift, membership=volunteer)
    starts_at = timezone.localtime().replace(hour=22, minute=0, second=0, microsecond=0) + timedelta(days=2)
    elsewhere = night(shift.organization, starts_at)
    SignupFactory(organization=shift.organization, shift=elsewhere, membership=volunteer)
    page = browsing(coordinator).post(url(coordinator, "change", shift.pk), typed)
    assert page.status_code == 422
    assert len(page.context["form"].non_field_errors()) == 1
    assert typed["meeting_point"] in text(page)


def test_cancelling_asks_for_a_reason(browsing, coordinator, shift):
    page = browsing(coordinator).post(url(coordinator, "cancel", shift.pk), {"reason": " "})
    shift.refresh_from_db()
    assert page.status_code == 422
    assert page.context["cancel_form"].errors["reason"]
    assert shift.status == "open"


def test_cancelling_twice_is_no_accident(browsing, coordinator, shift):
    client, page = browsing(coordinator), url(coordinator, "cancel", shift.pk)
    answers = [client.post(page, {"reason": "Paro de transporte"}).status_code for _ in range(2)]
    shift.refresh_from_db()
    assert answers == [302, 302]
    assert (shift.status, shift.cancel_reason) == ("cancelled", "Paro de transporte")


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [("publish", "draft", "open"), ("close-shift", "open", "closed"), ("reopen", "closed", "open")],
)
def test_one_button_moves_a_shift_and_a_second_tap_says_nothing_bad(
    browsing, coordinator, shift, name, before, after
):
    Shift.objects.filter(pk=shift.pk).update(status=before)
    client = browsing(coordinator)
    for _ in range(2):
        page = client.post(url(coordinator, name, shift.pk), follow=True)
        assert not [message for message in page.context["messages"] if message.level_tag == "error"]
    shift.refresh_from_db()
    assert shift.status == after


def test_a_move_that_cannot_be_made_says_why(browsing, coordinator, shift):
    Shift.objects.filter(pk=shift.pk).update(status="cancelled")
    page = browsing(coordinator).post(url(coordinator, "publish", shift.pk), follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_the_coordinator_takes_somebody_off_the_list(browsing, coordinator, shift, now):
    signup = SignupFactory(organization=shift.organization, shift=shift, confirmed_at=now)
    page = browsing(coordinator).get(url(coordinator, "shift", shift.pk))
    assert signup.membership.user.full_name in text(page)
    browsing(coordinator).post(url(coordinator, "take-off", signup.pk))
    signup.refresh_from_db()
    assert signup.status == "withdrawn"


def sector_of(member):
    return SectorFactory(district__ubigeo=member.organization.ubigeo)


# -- a volunteer's nights ------------------------------------------------------------------


def test_signing_up_withdrawing_and_signing_up_again(browsing, volunteer, shift):
    client = browsing(volunteer)
    states = []
    for name in ("sign-up", "sign-up", "withdraw", "withdraw", "sign-up"):
        page = client.post(url(volunteer, name, shift.pk), follow=True)
        assert not [message for message in page.context["messages"] if message.level_tag == "error"]
        states.append(Signup.objects.get().status)
    assert states == ["confirmed", "confirmed", "withdrawn", "withdrawn", "confirmed"]


def test_with_htmx_a_tap_changes_only_its_card(browsing, volunteer, shift):
    page = browsing(volunteer).post(url(volunteer, "sign-up", shift.pk), headers={"HX-Request": "true"})
    assert text(page).lstrip().startswith("<article")
    assert url(volunteer, "withdraw", shift.pk) in text(page)


def test_with_htmx_a_refusal_stands_on_the_card(browsing, volunteer, organization, now):
    shift = night(organization, now + timedelta(days=1))
    same_hours = night(organization, now + timedelta(days=1, hours=1))
    SignupFactory(organization=organization, shift=shift, membership=volunteer, confirmed_at=now)
    page = browsing(volunteer).post(url(volunteer, "sign-up", same_hours.pk), headers={"HX-Request": "true"})
    assert page.status_code == 409
    assert 'role="alert"' in text(page)


def test_a_full_shift_offers_its_waiting_list(browsing, volunteer, organization, now):
    shift = night(organization, now + timedelta(days=1), capacity=2)
    SignupFactory.create_batch(2, organization=organization, shift=shift, confirmed_at=now)
    browsing(volunteer).post(url(volunteer, "sign-up", shift.pk))
    page = browsing(volunteer).get(url(volunteer, "mine"))
    assert [night.shift.pk for night in page.context["waiting"]] == [shift.pk]


@pytest.mark.parametrize(("name", "after"), [("accept", "confirmed"), ("decline", "declined")])
def test_an_offer_stands_first_and_is_answered_with_one_tap(
    browsing, volunteer, organization, now, name, after
):
    shift = night(organization, now + timedelta(days=1))
    SignupFactory(
        organization=organization,
        shift=shift,
        membership=volunteer,
        status="offered",
        offer_expires_at=now + timedelta(hours=1),
    )
    client = browsing(volunteer)
    assert [night.shift.pk for night in client.get(url(volunteer, "mine")).context["offers"]] == [shift.pk]
    client.post(url(volunteer, name, shift.pk))
    assert Signup.objects.get().status == after


@pytest.mark.parametrize("form", ["note", "debrief", "go-home", "hand-over", "arrive", "leave-out"])
def test_a_form_sent_after_the_night_does_not_bring_back_who_walked(
    browsing, volunteer, leader, organization, now, form
):
    """The street page comes back with what was typed: once it is over, without a list of the crew."""
    patrol = over(organization, now, leader=leader)
    for member in (volunteer, leader):
        CrewMemberFactory(patrol=patrol, membership=member, organization=organization, attendance="present")
    LogEntryFactory(patrol=patrol, author=leader, organization=organization)

    page = browsing(volunteer).post(url(volunteer, form, patrol.pk), {})

    assert page.status_code == 422
    assert volunteer.alias in text(page)
    assert leader.alias not in text(page)


def test_the_meeting_point_shows_only_from_two_hours_before(browsing, volunteer, organization, now):
    client = browsing(volunteer)
    for hours, is_shown in ((5, False), (1, True)):
        Signup.objects.all().delete()
        shift = night(organization, now + timedelta(hours=hours), meeting_point=f"Losa {hours}")
        SignupFactory(organization=organization, shift=shift, membership=volunteer, confirmed_at=now)
        assert (shift.meeting_point in text(client.get(url(volunteer, "mine")))) is is_shown


def test_team_mates_show_as_aliases_only_from_twelve_hours_before(browsing, volunteer, organization, now):
    client = browsing(volunteer)
    for hours, is_shown in ((20, False), (5, True)):
        Signup.objects.all().delete()
        shift = night(organization, now + timedelta(hours=hours))
        SignupFactory(organization=organization, shift=shift, membership=volunteer, confirmed_at=now)
        mate = SignupFactory(organization=organization, shift=shift, confirmed_at=now).membership
        page = text(client.get(url(volunteer, "mine")))
        assert (mate.alias in page) is is_shown
        assert mate.user.full_name not in page


def test_a_volunteer_never_sees_a_draft(browsing, volunteer, organization, now):
    shift = night(organization, now + timedelta(days=1), status="draft")
    page = browsing(volunteer).get(url(volunteer, "mine"))
    assert str(shift.pk) not in text(page)
    assert browsing(volunteer).post(url(volunteer, "sign-up", shift.pk)).status_code == 404


def test_the_hours_of_the_month_are_counted_from_going_out_to_coming_back(
    browsing, volunteer, organization, now
):
    today = timezone.localdate()
    first = timezone.localtime().replace(day=1, hour=12, minute=0, second=0, microsecond=0)

    def walked(service_date, **crew):
        patrol = over(organization, now)
        Shift.objects.filter(pk=patrol.shift_id).update(service_date=service_date)
        Patrol.objects.filter(pk=patrol.pk).update(started_at=first, ended_at=first + timedelta(minutes=150))
        CrewMemberFactory(organization=organization, patrol=patrol, membership=volunteer, **crew)

    walked(today, attendance="present")
    walked(today, attendance="late", present_since=first + timedelta(minutes=90))
    walked(today, attendance="no_show")
    hours = browsing(volunteer).get(url(volunteer, "mine")).context["hours"]
    assert (hours.patrols, hours.hours) == (2, 3.5)


@pytest.mark.parametrize(("night", "is_counted"), [("first", True), ("night before", False)])
def test_a_patrol_counts_in_the_month_of_its_night_whenever_it_set_out(
    night, is_counted, browsing, volunteer, organization, now
):
    first_night = timezone.localdate().replace(day=1)
    belongs = first_night if night == "first" else first_night - timedelta(days=1)
    patrol = over(organization, now)
    Shift.objects.filter(pk=patrol.shift_id).update(service_date=belongs)
    after_midnight = timezone.localtime().replace(day=1, hour=1, minute=0, second=0, microsecond=0)
    moments = {"started_at": after_midnight, "ended_at": after_midnight + timedelta(hours=2)}
    Patrol.objects.filter(pk=patrol.pk).update(**moments)
    CrewMemberFactory(organization=organization, patrol=patrol, membership=volunteer, attendance="present")
    hours = browsing(volunteer).get(url(volunteer, "mine")).context["hours"]
    assert hours.patrols == is_counted


def test_the_volunteers_page_costs_the_same_queries_for_one_shift_and_for_ten(
    browsing, volunteer, organization, now
):
    client = browsing(volunteer)
    SignupFactory(
        organization=organization,
        shift=night(organization, now + timedelta(days=1)),
        membership=volunteer,
        confirmed_at=now,
    )
    for_one = queries(client, url(volunteer, "mine"))
    for day in range(2, 11):
        night(organization, now + timedelta(days=day))
    assert queries(client, url(volunteer, "mine")) == for_one


# -- on the street -------------------------------------------------------------------------


def test_whoever_is_at_the_meeting_point_opens_the_briefing_and_is_there(
    browsing, volunteer, organization, now
):
    shift = night(organization, now + timedelta(minutes=30))
    SignupFactory(organization=organization, shift=shift, membership=volunteer, confirmed_at=now)
    answer = browsing(volunteer).post(url(volunteer, "brief", shift.pk))
    patrol = Patrol.objects.get()
    assert answer.headers["Location"] == url(volunteer, "outing", patrol.pk)
    assert patrol.crew.get(membership=volunteer).attendance == "present"


def test_the_whole_outing_with_its_buttons(browsing, volunteer, patrol):
    client, states = browsing(volunteer), []
    for name in ("start", "start", "pause", "resume", "finish", "finish"):
        page = client.post(url(volunteer, name, patrol.pk), follow=True)
        assert not [message for message in page.context["messages"] if message.level_tag == "error"]
        patrol.refresh_from_db()
        states.append(patrol.status)
    assert states == ["active", "active", "paused", "active", "debrief", "debrief"]
    client.post(url(volunteer, "debrief", patrol.pk), {"summary": "Tranquilo", "mood": "4"})
    patrol.refresh_from_db()
    assert (patrol.status, patrol.summary, patrol.mood) == ("closed", "Tranquilo", 4)


def test_while_people_are_missing_there_is_no_button_to_go_out(browsing, volunteer, patrol):
    page = browsing(volunteer).get(url(volunteer, "outing", patrol.pk))
    assert url(volunteer, "start", patrol.pk) in text(page)
    patrol.crew.exclude(membership=volunteer).update(attendance="expected")
    page = browsing(volunteer).get(url(volunteer, "outing", patrol.pk))
    assert url(volunteer, "start", patrol.pk) not in text(page)
    page = browsing(volunteer).post(url(volunteer, "start", patrol.pk), follow=True)
    assert [message.level_tag for message in page.context["messages"]] == ["error"]


def test_a_note_sent_twice_is_written_once(browsing, volunteer, active):
    client, typed = browsing(volunteer), {"id": str(uuid4()), "text": "Luz apagada"}
    answers = [client.post(url(volunteer, "note", active.pk), typed).status_code for _ in range(2)]
    assert answers == [302, 302]
    assert LogEntry.objects.get().text == "Luz apagada"


def test_going_back_and_writing_something_else_is_a_second_note(browsing, volunteer, active):
    client, key = browsing(volunteer), str(uuid4())
    for seen in ("Luz apagada", "Puerta abierta"):
        client.post(url(volunteer, "note", active.pk), {"id": key, "text": seen})
    assert set(LogEntry.objects.values_list("text", flat=True)) == {"Luz apagada", "Puerta abierta"}


def test_all_quiet_keeps_what_was_typed_beside_it(browsing, volunteer, active):
    typed = {"id": str(uuid4()), "text": "Todo bien por el parque", "quiet": "1"}
    browsing(volunteer).post(url(volunteer, "note", active.pk), typed)
    entry = LogEntry.objects.get()
    assert (entry.kind, entry.text) == ("nothing_to_report", "Todo bien por el parque")


def test_an_empty_note_is_refused_beside_its_field(browsing, volunteer, active):
    page = browsing(volunteer).post(url(volunteer, "note", active.pk), {"id": str(uuid4()), "text": " "})
    assert page.status_code == 422
    assert page.context["note_form"].errors["text"]


def test_a_note_the_patrol_no_longer_takes_stays_on_the_page(browsing, volunteer, active, leader, now):
    patrols.finish(patrol=active, by=leader, at=now)
    Patrol.objects.filter(pk=active.pk).update(status="closed", summary="Listo")
    typed = {"id": str(uuid4()), "text": "Se me quedó esto"}
    page = browsing(volunteer).post(url(volunteer, "note", active.pk), typed)
    assert page.status_code == 422
    assert "Se me quedó esto" in text(page)


def test_a_debrief_a_team_mate_closed_first_does_not_swallow_ones_words(
    browsing, volunteer, active, leader, now
):
    patrols.finish(patrol=active, by=leader, at=now)
    patrols.close(patrol=active, by=leader, at=now, summary="Tranquilo")
    page = browsing(volunteer).post(url(volunteer, "debrief", active.pk), {"summary": "Vi dos focos rotos"})
    assert page.status_code == 422
    assert "Vi dos focos rotos" in text(page)


def test_a_debrief_without_a_summary_keeps_the_mood(browsing, volunteer, active, leader, now):
    patrols.finish(patrol=active, by=leader, at=now)
    page = browsing(volunteer).post(url(volunteer, "debrief", active.pk), {"summary": "", "mood": "2"})
    assert page.status_code == 422
    assert re.search(r'value="2" checked', text(page))


def test_going_home_for_safety_asks_only_for_a_code(browsing, volunteer, active):
    client = browsing(volunteer)
    assert client.post(url(volunteer, "go-home", active.pk), {"reason_code": ""}).status_code == 422
    client.post(url(volunteer, "go-home", active.pk), {"reason_code": "threat"})
    active.refresh_from_db()
    assert (active.status, active.safety_reason) == ("aborted_for_safety", "threat")


def test_a_coordinator_who_is_not_in_the_crew_reads_the_patrol_instead(browsing, coordinator, active):
    answer = browsing(coordinator).get(url(coordinator, "outing", active.pk))
    assert answer.headers["Location"] == url(coordinator, "patrol", active.pk)


def test_the_crew_shows_by_alias_never_by_name(browsing, volunteer, leader, active):
    page = text(browsing(volunteer).get(url(volunteer, "outing", active.pk)))
    assert leader.alias in page
    assert leader.user.full_name not in page


# -- after the night -----------------------------------------------------------------------


def test_the_coordinator_reads_a_patrol_once_and_again_without_harm(browsing, coordinator, organization, now):
    patrol = over(organization, now)
    client = browsing(coordinator)
    assert patrol.summary in text(client.get(url(coordinator, "patrol", patrol.pk)))
    answers = [
        client.post(url(coordinator, "review", patrol.pk), {"note": "Gracias"}).status_code for _ in range(2)
    ]
    patrol.refresh_from_db()
    assert answers == [302, 302]
    assert (patrol.status, patrol.review_note) == ("reviewed", "Gracias")


def test_a_review_that_is_too_long_keeps_its_words(browsing, coordinator, organization, now):
    patrol = over(organization, now)
    note = "palabra " * 200
    page = browsing(coordinator).post(url(coordinator, "review", patrol.pk), {"note": note})
    assert page.status_code == 422
    assert note in text(page)


def test_a_volunteer_sees_only_the_patrols_they_were_on(browsing, volunteer, organization, now):
    mine, other = over(organization, now), over(organization, now)
    CrewMemberFactory(organization=organization, patrol=mine, membership=volunteer, attendance="present")
    page = text(browsing(volunteer).get(url(volunteer, "finished")))
    assert str(mine.pk) in page
    assert str(other.pk) not in page
    assert browsing(volunteer).get(url(volunteer, "patrol", other.pk)).status_code == 404


def test_finished_patrols_come_in_pages(browsing, coordinator, organization, now):
    for minutes in range(27):
        over(organization, now - timedelta(minutes=minutes))
    client = browsing(coordinator)
    first = client.get(url(coordinator, "finished"))
    second = client.get(url(coordinator, "finished") + first.context["older"])
    assert [len(page.context["rows"]) for page in (first, second)] == [25, 2]
    assert not second.context["older"]


def test_patrols_that_ended_at_the_same_moment_are_all_shown(browsing, coordinator, organization, now):
    ended = {over(organization, now).pk for _patrol in range(27)}
    client = browsing(coordinator)
    first = client.get(url(coordinator, "finished"))
    second = client.get(url(coordinator, "finished") + first.context["older"])
    assert {patrol.pk for page in (first, second) for patrol in page.context["rows"]} == ended
    assert len(second.context["rows"]) == 2


def test_finished_patrols_of_one_week_and_one_board_alone(browsing, coordinator, organization, now):
    this, before = over(organization, now), over(organization, now - timedelta(days=7))
    week = this.shift.service_date.isocalendar()
    client, page = browsing(coordinator), url(coordinator, "finished")

    def shown(**filters):
        return [patrol.pk for patrol in client.get(page, filters).context["rows"]]

    assert shown() == [this.pk, before.pk]
    assert shown(week=f"{week.year}-W{week.week}") == [this.pk]
    assert shown(board=organization.code) == [this.pk, before.pk]
    assert shown(board="ZZZZ2222") == []


def test_those_nobody_has_read_wait_in_a_lane_of_their_own(
    browsing, coordinator, volunteer, organization, now
):
    read, unread = over(organization, now), over(organization, now - timedelta(days=1))
    broken_off = over(organization, now - timedelta(days=2))
    Patrol.objects.filter(pk=read.pk).update(status="reviewed")
    Patrol.objects.filter(pk=broken_off.pk).update(status="aborted_for_safety", safety_reason="danger")
    client, page = browsing(coordinator), url(coordinator, "finished")
    lane = client.get(page, {"lane": "unread"})
    assert [patrol.pk for patrol in lane.context["rows"]] == [unread.pk, broken_off.pk]
    assert "lane=unread" in text(client.get(page))
    assert "lane=unread" not in text(browsing(volunteer).get(page))
    Patrol.objects.update(status="reviewed")
    assert "Ya las leíste todas" in text(client.get(page, {"lane": "unread"}))


def test_the_next_page_keeps_the_week(browsing, coordinator, organization, now):
    for minutes in range(26):
        patrol = over(organization, now - timedelta(minutes=minutes))
        Shift.objects.filter(pk=patrol.shift_id).update(service_date=now.date())
    week = now.date().isocalendar()
    asked = {"week": f"{week.year}-W{week.week}", "board": organization.code}
    client = browsing(coordinator)
    first = client.get(url(coordinator, "finished"), asked)
    assert "week=" in first.context["older"]
    assert "board=" in first.context["older"]
    assert len(client.get(url(coordinator, "finished") + first.context["older"]).context["rows"]) == 1


@pytest.mark.parametrize("week", ["x", "2030-W99", "-W1", "99999999999-W1", "2030-W", "%00"])
def test_a_made_up_week_narrows_nothing(browsing, coordinator, organization, now, week):
    over(organization, now)
    answer = browsing(coordinator).get(url(coordinator, "finished"), {"week": week})
    assert answer.status_code == 400 or answer.context["rows"]


@pytest.mark.parametrize("before", ["x", "2030-13-45T00:00:00Z", "2030-01-01T00:00:00", "%00"])
def test_a_made_up_page_mark_is_no_error(browsing, coordinator, before):
    answer = browsing(coordinator).get(url(coordinator, "finished"), {"before": before, "past": before})
    assert answer.status_code in {200, 400}


def test_finished_patrols_cost_the_same_queries_for_one_and_for_ten(browsing, coordinator, organization, now):
    client, page = browsing(coordinator), url(coordinator, "finished")
    over(organization, now)
    for_one = queries(client, page)
    for _ in range(9):
        over(organization, now)
    assert queries(client, page) == for_one


def test_a_patrol_costs_the_same_queries_for_one_line_and_for_ten(browsing, coordinator, organization, now):
    patrol = over(organization, now)
    client, page = browsing(coordinator), url(coordinator, "patrol", patrol.pk)
    asked = []
    for many in (1, 9):
        CrewMemberFactory.create_batch(many, organization=organization, patrol=patrol, attendance="present")
        LogEntryFactory.create_batch(many, organization=organization, patrol=patrol)
        asked.append(queries(client, page))
    assert asked[0] == asked[1]


def test_whoever_never_signed_up_is_shown_the_open_nights(browsing, volunteer, shift):
    page = browsing(volunteer).get(reverse("patrols:mine", args=[volunteer.organization.code]))
    assert [night.shift.pk for night in page.context["free"]] == [shift.pk]
    assert reverse("patrols:sign-up", args=[volunteer.organization.code, shift.pk]) in page.content.decode()


@pytest.mark.parametrize(("status", "is_shown"), [("confirmed", False), ("withdrawn", True)])
def test_a_night_is_open_to_whoever_is_not_in_it(browsing, volunteer, shift, status, is_shown):
    SignupFactory(organization=shift.organization, shift=shift, membership=volunteer, status=status)
    page = browsing(volunteer).get(reverse("patrols:mine", args=[volunteer.organization.code]))
    assert bool(page.context["free"]) == is_shown


def test_the_next_few_open_nights_are_shown_and_the_rest_is_a_tap_away(browsing, volunteer, now):
    for day in range(1, 11):
        night(volunteer.organization, now + timedelta(days=day))
    address = reverse("patrols:mine", args=[volunteer.organization.code])
    few, rest = browsing(volunteer).get(address), browsing(volunteer).get(f"{address}?all")
    assert (len(few.context["free"]), few.context["has_more"]) == (8, True)
    assert (len(rest.context["free"]), rest.context["has_more"]) == (10, False)
