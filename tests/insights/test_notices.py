"""The week in a message: true numbers, no names, no places, and silence about what did not happen."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.queries import contacts
from accounts.roles import Role
from config.kinds import KINDS
from insights.notices import KINDS as OURS
from notifications import actions as notifications
from notifications.models import InboxItem
from tests.factories import MembershipFactory, OrganizationFactory
from tests.incidents.factories import municipality
from tests.insights.test_youth import consent, enrolled, marked, session
from tests.insights.world import DAY, HOUR, NOW, WEEK, category, reported, walked
from tests.programs.factories import CohortFactory

EIGHT = NOW - HOUR


def speaks_english(member):
    member.user.language = "en"
    member.user.save()
    return member


@pytest.fixture
def desk():
    return municipality()


@pytest.fixture
def chief(desk):
    return speaks_english(MembershipFactory(organization=desk, roles={Role.SECURITY_CHIEF}))


@pytest.fixture
def planner():
    ngo = OrganizationFactory(kind="ngo", ubigeo="")
    return speaks_english(MembershipFactory(organization=ngo, roles={Role.PROGRAM_COORDINATOR}))


def tick(now):
    notifications.plan(kinds=KINDS, now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def heard(member):
    """What somebody was told about a week; lists and consents have messages of their own."""
    weekly = [kind.code for kind in OURS]
    return list(InboxItem.objects.filter(recipient_id=member.pk, kind__in=weekly))


def test_on_monday_at_eight_the_chief_hears_about_the_desks_week(desk, chief):
    for day in (0, 1, 6):
        reported(desk, day, read=2)
    reported(desk, 2)
    reported(desk, -7, read=1, answered=24)
    reported(desk, -6, read=3, closed=24 * 8)
    walked(OrganizationFactory(), 0, 2.5)
    tick(EIGHT - HOUR)
    assert heard(chief) == []
    tick(EIGHT)
    tick(EIGHT + HOUR)
    [item] = heard(chief)
    assert item.title == "Your district's week"
    assert item.body == (
        "4 reports (mean of the four weeks before: 0.5). Not read yet: 1. "
        "First reading after 2.0 hours (median). Answered within 7 days: 1 of 2. "
        "Closed with an answer: 0 of 1. Hours on the street: 2.5. "
        "More neighbors reporting does not mean more crime."
    )
    assert item.path == f"/o/{desk.code}/summary/2030-W1/"


def test_on_monday_at_eight_the_program_coordinator_hears_about_the_week(planner):
    cohort = CohortFactory(organization=planner.organization, capacity=10, status="running")
    absent, present = enrolled(cohort, minor=True), enrolled(cohort)
    enrolled(cohort, status="waitlisted")
    for one in (session(cohort, -6), session(cohort, 1)):
        marked(one, absent, "absent")
        marked(one, present, "present")
    session(cohort, 2, "open")
    consent(absent, (NOW + 5 * DAY).date())
    tick(EIGHT)
    [item] = heard(planner)
    assert item.body == (
        "Sessions held: 1 of 2. Came: 1 of 2 marked. Seats taken: 2 of 10. In line for a seat: 1. "
        "Absent twice in a row: 1. Consents about to expire: 1. Lists not handed in: 1."
    )
    assert item.path == f"/o/{planner.organization.code}/summary/2030-W1/"


def test_an_empty_week_is_one_honest_sentence(chief, planner):
    tick(EIGHT)
    [of_desk], [of_programs] = heard(chief), heard(planner)
    assert of_desk.body == "A quiet week: no report came in, and no patrol of the district finished."
    assert of_programs.body == "No cohort was under way last week."


def test_hours_without_a_report_say_no_word_of_crime(desk, chief):
    walked(OrganizationFactory(), 0, 2)
    tick(EIGHT)
    [item] = heard(chief)
    assert item.body == "0 reports (mean of the four weeks before: 0.0). Hours on the street: 2.0."


def test_nobody_else_hears_of_the_desks_or_the_programs_week(desk, coordinator, volunteer):
    reviewer = MembershipFactory(organization=desk, roles={Role.REVIEWER})
    facilitator = MembershipFactory(
        organization=OrganizationFactory(kind="ngo", ubigeo=""), roles={Role.FACILITATOR}
    )
    reported(desk, 1)
    tick(EIGHT)
    assert [heard(member) for member in (reviewer, facilitator, coordinator, volunteer)] == [[]] * 4


def test_a_chief_without_a_second_step_is_not_told_of_a_quiet_week(desk, chief):
    """They may see no row, so every number would be a nought that is not true."""
    chief.user.authenticator_set.all().delete()
    reported(desk, 1)
    tick(EIGHT)
    assert heard(chief) == []


def test_the_message_of_one_week_does_not_change_when_it_is_sent_late(desk, chief):
    reported(desk, 1)
    notifications.plan(kinds=KINDS, now=EIGHT)
    reported(desk, 8, received_at=EIGHT + HOUR)  # already the week after
    tick(EIGHT + 4 * HOUR)
    [item] = heard(chief)
    assert item.body.startswith("1 report (")


def test_no_message_names_a_group_a_board_or_a_person(desk, chief, planner):
    for day in range(5):
        reported(
            desk, day, category("FAM-01", "FAM", sensitivity=2), street="Calle Sucre", reference="Bodega"
        )
    walked(OrganizationFactory(name="Junta Secreta"), 0, 2)
    cohort = CohortFactory(organization=planner.organization, name="Cohorte Secreta", status="running")
    session(cohort, 1)
    tick(EIGHT)
    said = " ".join(f"{item.title} {item.body}" for item in InboxItem.objects.all())
    assert "5 reports" in said
    for secret in ("FAM", "Sucre", "Bodega", "Secreta", chief.alias, planner.alias):
        assert secret not in said


def test_planning_costs_the_same_for_one_desk_and_for_ten(chief, planner):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            for kind in OURS:
                list(kind.wanted(EIGHT, EIGHT + 48 * HOUR))
        return len(queries)

    for_one = cost()
    for number in range(9):
        desk = municipality(f"1501{number:02d}")
        MembershipFactory(organization=desk, roles={Role.SECURITY_CHIEF})
    assert cost() == for_one


def test_the_week_of_the_message_is_the_week_of_its_page():
    assert WEEK.moved(1).start < NOW < WEEK.moved(1).end
