"""The summary pages: whose they are, what they link to, and what they cost."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from tests.factories import MembershipFactory, OrganizationFactory
from tests.incidents.factories import municipality
from tests.insights.test_youth import enrolled, marked, session
from tests.insights.world import NOW, WEEK, category, missed, night, reported, walked
from tests.programs.factories import CohortFactory


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


def member(role, organization=None):
    return MembershipFactory(organization=organization or OrganizationFactory(), roles={role})


@pytest.fixture
def board():
    return OrganizationFactory(name="Junta Las Flores")


@pytest.fixture
def chief():
    return member(Role.SECURITY_CHIEF, municipality())


@pytest.fixture
def planner():
    return member(Role.PROGRAM_COORDINATOR, OrganizationFactory(kind="ngo", ubigeo=""))


def page(browsing, member, week=None):
    name, keys = ("summary-of", week) if week else ("summary", ())
    address = reverse(f"insights:{name}", args=[member.organization.code, *keys])
    return browsing(member).get(address, headers={"Accept-Language": "en"})


def said(response):
    """The words of the page, without its tags and what only its drawings say."""
    html = response.content.decode()
    return " ".join(re.sub(r"<(title|desc).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL).split())


@pytest.mark.parametrize(
    ("role", "kind", "template"),
    [
        (Role.VOLUNTEER, "board", "insights/own.html"),
        (Role.PATROL_LEADER, "board", "insights/own.html"),
        (Role.COORDINATOR, "board", "insights/board.html"),
        (Role.REVIEWER, "municipality", "insights/desk.html"),
        (Role.SECURITY_CHIEF, "municipality", "insights/desk.html"),
        (Role.PROGRAM_COORDINATOR, "ngo", "insights/programs.html"),
    ],
)
def test_each_role_has_its_own_page(browsing, role, kind, template):
    somebody = member(role, OrganizationFactory(kind=kind))
    assert template in [one.name for one in page(browsing, somebody).templates]


@pytest.mark.parametrize("role", [Role.FACILITATOR, Role.PRIVACY_OFFICER, Role.OPERATOR])
def test_other_roles_have_none(browsing, role):
    kind = {"facilitator": "ngo", "privacy_officer": "municipality", "operator": "installation"}[role]
    assert page(browsing, member(role, OrganizationFactory(kind=kind))).status_code == 403


def test_the_page_shows_the_last_week_that_is_over(browsing, chief):
    context = page(browsing, chief).context
    assert (context["week"], context["is_last"]) == (WEEK, True)
    assert (context["before"], context["after"]) == (WEEK.moved(-1), WEEK.moved(1))


def test_the_running_week_says_that_it_is_not_over(browsing, chief):
    response = page(browsing, chief, (2030, 2))
    assert response.context["after"] is None
    assert "The week is not over" in said(response)


def test_a_week_to_come_counts_nothing(browsing, chief):
    assert "This week has not begun" in said(page(browsing, chief, (2030, 40)))


@pytest.mark.parametrize("week", [(2030, 0), (2030, 53), (2030, 99), (1999, 1), (9999, 1), (99999999999, 1)])
def test_a_week_that_is_none_is_not_found(browsing, chief, week):
    assert page(browsing, chief, week).status_code == 404


def test_a_volunteer_reads_their_nights_and_hours(browsing, board):
    rosa = member(Role.VOLUNTEER, board)
    patrol = walked(board, 1, 2, rosa)
    response = page(browsing, rosa)
    assert "1 night you went out" in said(response)
    assert reverse("patrols:patrol", args=[board.code, patrol.pk]) in response.content.decode()


def test_a_volunteer_who_stayed_at_home_is_not_scolded(browsing, board):
    words = said(page(browsing, member(Role.VOLUNTEER, board)))
    assert "You did not go out this week. That is all right" in words
    assert "You are on no list yet" in words


def test_a_coordinators_numbers_link_to_their_rows(browsing, board):
    coordinator = member(Role.COORDINATOR, board)
    walked(board, 0, 2, coordinator)
    lost = missed(board, 2)
    ahead = night(board, 9, status="open")
    response = page(browsing, coordinator)
    html = response.content.decode()
    for address in (
        reverse("patrols:week-of", args=[board.code, 2030, 1]),
        reverse("patrols:finished", args=[board.code]) + "?week=2030-W1",
        reverse("patrols:shift", args=[board.code, lost.shift_id]),
        reverse("patrols:shift", args=[board.code, ahead.pk]),
    ):
        assert address in html
        assert browsing(coordinator).get(address).status_code == 200
    words = said(response)
    for number in (
        "2 nights planned",
        "1 night walked",
        "1 nobody went out",
        "2 hours of everybody together",
    ):
        assert number in words


def test_the_chief_reads_shares_with_what_they_are_of_and_the_caveat(browsing, chief, board):
    reported(chief.organization, -1, read=1, answered=5)
    reported(chief.organization, 0, category("PAT-01", "PAT"), read=1)
    walked(board, 0, 2)
    words = said(page(browsing, chief))
    for number in ("1 report received", "100 % answered within 7 days", "1 of 1 whose seven days ended",
                   "0.50 reports per hour on the street", "More neighbors reporting does not mean more crime",
                   "Junta Las Flores 2 0", "Counted on"):  # fmt: skip
        assert number in words


def test_a_desks_numbers_link_to_exactly_their_rows(browsing, chief):
    theft = category("PAT-01", "PAT", severity=5)
    for kind, day in ((theft, 0), (theft, 6), (category("CON-01"), 1), (theft, -1), (theft, 7)):
        reported(chief.organization, day, kind)
    html = page(browsing, chief).content.decode().replace("&amp;", "&")
    queue = reverse("incidents:queue", args=[chief.organization.code])
    for asked, count in (
        ("lane=all", 3),
        ("lane=new", 3),
        ("lane=all&group=PAT", 2),
        ("lane=all&severity=5", 2),
    ):
        address = f"{queue}?{asked}&since=2029-12-31&until=2030-01-06"
        assert f'href="{address}"' in html
        assert len(browsing(chief).get(address).context["rows"]) == count


def test_a_hidden_number_is_nowhere_on_the_page(browsing, chief):
    for day in (0, 1, 2):
        reported(chief.organization, day, category("FAM-01", "FAM", sensitivity=1))
    for day in range(4):
        reported(chief.organization, day, category("CON-01"))
    for day in range(6):
        reported(chief.organization, day, category("PAT-01", "PAT"))
    words = said(page(browsing, chief))
    assert "Group PAT 6 0" in words
    assert "Group FAM fewer than 5 –" in words
    assert "Group CON fewer than 5 –" in words
    assert "Small counts with a restricted type in them are not told" in words


def test_charts_say_in_words_what_they_draw(browsing, chief):
    reported(chief.organization, 0)
    reported(chief.organization, -1)
    html = page(browsing, chief).content.decode()
    assert 'role="img" aria-labelledby="reports-title reports-desc"' in html
    assert "Mean of the weeks before: 0.2." in html  # a quarter of one
    assert "style=" not in html


def test_the_program_coordinator_reads_counts_and_no_name(browsing, planner):
    cohort = CohortFactory(organization=planner.organization, capacity=10, status="running")
    person = enrolled(cohort)
    for one in (session(cohort, -3), session(cohort, 2)):
        marked(one, person, "absent")
    response = page(browsing, planner)
    words = said(response)
    cohort_page = reverse("programs:cohort", args=[planner.organization.code, cohort.pk])
    assert cohort_page in response.content.decode()
    assert browsing(planner).get(cohort_page).status_code == 200
    for number in ("1 of 1 sessions held", "0 % came", "1 absent twice in a row", "1 of 10 seats taken"):
        assert number in words
    assert person.participant.initials not in words
    assert str(person.participant_id) not in response.content.decode()


def queries(browsing, member):
    client = browsing(member)
    address = reverse("insights:summary", args=[member.organization.code])
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_a_boards_summary_costs_the_same_for_one_night_and_for_ten(browsing, board):
    coordinator = member(Role.COORDINATOR, board)

    def more():
        walked(board, 0, 2, coordinator, member(Role.VOLUNTEER, board))
        missed(board, 2)
        night(board, 9, status="open")

    more()
    for_one = queries(browsing, coordinator)
    for _ in range(9):
        more()
    assert queries(browsing, coordinator) == for_one


def test_a_desks_summary_costs_the_same_for_one_report_and_for_ten(browsing, chief):
    def more(number):
        reported(chief.organization, 0, category(f"C{number}-01", f"C{number}"), read=1, answered=2, closed=3)
        walked(OrganizationFactory(), 0, 2)

    more(0)
    for_one = queries(browsing, chief)
    for number in range(1, 10):
        more(number)
    assert queries(browsing, chief) == for_one


def test_a_programs_summary_costs_the_same_for_one_cohort_and_for_ten(browsing, planner):
    def more():
        cohort = CohortFactory(organization=planner.organization, status="running")
        marked(session(cohort, 1), enrolled(cohort), "present")
        session(cohort, 2, "open")

    more()
    for_one = queries(browsing, planner)
    for _ in range(9):
        more()
    assert queries(browsing, planner) == for_one
