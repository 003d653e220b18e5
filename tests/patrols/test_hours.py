"""One's own hours, hours on paper, and the check that anybody can make."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from patrols.actions import certificates
from patrols.models import CrewMember, HoursCertificate, Patrol, night_of
from patrols.queries import certificates as codes
from patrols.queries import pages
from patrols.queries.hours import months_of, total_of
from patrols.queries.weeks import own_weeks
from tests.factories import CrewMemberFactory, MembershipFactory, PatrolFactory, ShiftFactory

HOUR = timedelta(hours=1)
# Sunday 3 March 2030, 23:30 in Lima.
SUNDAY_NIGHT = datetime(2030, 3, 4, 4, 30, tzinfo=UTC)
AFTER = SUNDAY_NIGHT + timedelta(days=2)
CHECK = "/hours/"


@pytest.fixture
def neighbor(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


def walked(member, starts_at, hours=2.0, late=timedelta(), **crew):
    """A night that went out so much later than planned."""
    shift = ShiftFactory(
        organization=member.organization,
        starts_at=starts_at,
        ends_at=starts_at + 2 * HOUR,
        service_date=night_of(starts_at),
    )
    began = starts_at + late
    patrol = PatrolFactory(
        organization=member.organization,
        shift=shift,
        status="closed",
        started_at=began,
        ended_at=began + hours * HOUR,
    )
    words = {"attendance": "present"} | crew
    return CrewMemberFactory(patrol=patrol, organization=member.organization, membership=member, **words)


@pytest.fixture
def signed(neighbor, coordinator):
    walked(neighbor, SUNDAY_NIGHT)
    days = {"from_on": date(2030, 3, 1), "to_on": date(2030, 3, 31)}
    asked = certificates.ask(by=neighbor, at=AFTER, **days)
    return certificates.issue(certificate=asked, by=coordinator, at=AFTER)


def code_of(certificate):
    return codes.code_of(certificate)


# -- one rule for every count ---------------------------------------------------------------------


@pytest.mark.parametrize("late", [timedelta(), HOUR])
def test_a_sunday_night_counts_as_sunday_everywhere_even_if_it_went_out_on_monday(neighbor, late):
    one = walked(neighbor, SUNDAY_NIGHT, late=late)
    assert Patrol.objects.get(pk=one.patrol_id).shift.service_date == date(2030, 3, 3)

    assert own_weeks(date(2030, 2, 25), [neighbor.pk])[neighbor.pk].hours == 2.0
    assert own_weeks(date(2030, 3, 4), [neighbor.pk]) == {}
    (month,) = months_of(neighbor)
    assert (month.first, month.total.hours) == (date(2030, 3, 1), 2.0)
    assert pages.hours(membership=neighbor, month=date(2030, 3, 15)).hours == 2.0


def test_the_last_night_of_a_month_belongs_to_that_month_past_midnight(neighbor):
    walked(neighbor, datetime(2030, 4, 1, 4, 30, tzinfo=UTC), late=HOUR)  # 31 March, 23:30 in Lima
    assert pages.hours(membership=neighbor, month=date(2030, 3, 1)).hours == 2.0
    assert pages.hours(membership=neighbor, month=date(2030, 4, 1)).hours == 0
    assert [month.first for month in months_of(neighbor)] == [date(2030, 3, 1)]


def test_a_night_one_did_not_come_to_is_shown_and_counts_nothing(neighbor):
    walked(neighbor, SUNDAY_NIGHT)
    walked(neighbor, SUNDAY_NIGHT + 48 * HOUR, attendance="no_show")
    (month,) = months_of(neighbor)
    assert [night.hours for night in month.nights] == [0, 2.0]
    assert (total_of(neighbor).hours, total_of(neighbor).patrols) == (2.0, 1)


# -- the pages ------------------------------------------------------------------------------------


def visit(browsing, member, name, row=None, method="get", **typed):
    address = reverse(f"patrols:{name}", args=[member.organization.code, *([row.pk] if row else [])])
    with time_machine.travel(AFTER, tick=False):
        return getattr(browsing(member), method)(address, typed)


def test_a_volunteer_asks_and_the_coordinator_signs(browsing, neighbor, coordinator):
    walked(neighbor, SUNDAY_NIGHT)
    typed = {"from_on": "2030-03-01", "to_on": "2030-03-05"}
    assert "domingo" not in visit(browsing, neighbor, "hours").content.decode()
    assert (
        visit(browsing, neighbor, "hours", method="post", **typed | {"to_on": "2030-02-01"}).status_code
        == 422
    )
    assert visit(browsing, neighbor, "hours", method="post", **typed).status_code == 302
    again = visit(browsing, neighbor, "hours", method="post", **typed)
    assert (again.status_code, HoursCertificate.objects.count()) == (422, 1)

    asked = HoursCertificate.objects.get()
    assert neighbor.alias in visit(browsing, coordinator, "certificates").content.decode()
    visit(browsing, coordinator, "issue-certificate", asked, "post")

    paper = visit(browsing, neighbor, "certificate", asked)
    said = paper.content.decode()
    assert neighbor.user.full_name in said
    assert (code := code_of(asked))[:4] in said
    assert code[4:] in said
    assert "<svg" in said
    assert "no-store" in paper["Cache-Control"]


def test_nobody_reads_somebody_elses_paper(browsing, signed, organization, stranger):
    other = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    assert visit(browsing, other, "certificate", signed).status_code == 404
    assert visit(browsing, stranger, "certificate", signed).status_code == 404


# -- the public check -----------------------------------------------------------------------------


def test_the_check_answers_hours_and_days_and_never_a_name(client, signed, neighbor, coordinator):
    response = client.post(CHECK, {"code": f"{code_of(signed)[:4].lower()}-{code_of(signed)[4:]}"})
    said = response.content.decode()
    assert (response.status_code, "Este certificado es válido" in said, "2" in said) == (200, True, True)
    names = [neighbor.user.full_name, neighbor.alias, coordinator.alias, neighbor.organization.name]
    assert not [name for name in names if name in said]


def test_a_certificate_taken_back_says_so_and_a_wrong_code_says_no_more_than_that(
    client, signed, coordinator, browsing
):
    visit(browsing, coordinator, "revoke-certificate", signed, "post")
    taken = client.post(CHECK, {"code": code_of(signed)})
    assert "ya no es válido" in taken.content.decode()
    unknown = client.post(CHECK, {"code": "AAAAAAAA"})
    assert unknown.status_code == 404
    assert "No hay ningún certificado con este código" in unknown.content.decode()


def test_a_certificate_that_waits_has_no_code_yet(client, neighbor):
    days = {"from_on": date(2030, 3, 1), "to_on": date(2030, 3, 31)}
    asked = certificates.ask(by=neighbor, at=AFTER, **days)
    assert client.post(CHECK, {"code": code_of(asked)}).status_code == 404


def test_codes_are_not_guessed_at_leisure(client, db):
    answers = [client.post(CHECK, {"code": "AAAAAAAA"}).status_code for _try in range(61)]
    assert (answers[0], answers[-1]) == (404, 429)


def test_the_code_in_an_address_answers_nothing(client, signed):
    assert "Este certificado" not in client.get(CHECK, {"code": code_of(signed)}).content.decode()


# -- the same by the JSON door --------------------------------------------------------------------


def test_a_certificate_is_asked_for_signed_and_taken_back_by_the_api(as_, url, neighbor, coordinator):
    walked(neighbor, SUNDAY_NIGHT)
    with time_machine.travel(AFTER, tick=False):
        days = {"from_on": "2030-03-01", "to_on": "2030-03-31"}
        asked = as_(neighbor).post(url("certificate-list"), days, format="json")
        assert (asked.status_code, asked.json()["code"]) == (201, None)
        assert as_(neighbor).post(url("certificate-list"), days, format="json").status_code == 409
        row = HoursCertificate.objects.get()
        assert as_(neighbor).post(url("certificate-issue", row), {}, format="json").status_code == 403
        issued = as_(coordinator).post(url("certificate-issue", row), {}, format="json").json()
        assert (issued["hours"], issued["patrols"], issued["code"]) == (2.0, 1, None)
        assert as_(neighbor).get(url("certificate-detail", row)).json()["code"] == code_of(row)
        assert as_(coordinator).post(url("certificate-revoke", row), {}, format="json").json()["revoked_at"]
        assert as_(coordinator).post(url("certificate-revoke", row), {}, format="json").status_code == 409


def test_attendance_put_right_later_does_not_change_what_was_signed(signed):
    CrewMember.objects.update(attendance="no_show")
    signed.refresh_from_db()
    assert float(signed.hours) == 2.0
