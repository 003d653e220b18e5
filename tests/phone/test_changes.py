"""What a phone hears of: all that matters at first, then every change, none twice too few."""

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actions import members
from accounts.roles import Role
from audit import actions as audit
from audit import triggers
from audit.models import Entry, Seal
from incidents.actions import desk
from patrols.actions import patrols, proposals, shifts, signups
from patrols.models import CrewMember, Shift
from phone.queries import trail
from programs.actions import sessions
from tests.factories import MembershipFactory, OrganizationFactory, ShiftFactory, SignupFactory
from tests.incidents.factories import ReportFactory, municipality
from tests.patrols.factories_calendar import ProposalFactory, ProposedNightFactory
from tests.phone.conftest import OUT
from tests.programs.factories import SessionFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def ask(as_):
    """`ask(member)` for everything, `ask(member, cursor)` for what changed."""

    def get(member, cursor=None):
        door = reverse("phone-api:changes", args=[member.organization.code])
        response = as_(member).get(door, {} if cursor is None else {"cursor": cursor})
        assert response.status_code == 200, response.content
        return response.json()

    return get


def keys(answer, *names):
    return [{row["id"] for row in answer[name]} for name in names or ("shifts", "signups", "patrols")]


def seal():
    audit.seal(at=OUT)


def edited(shift, by, **words):
    """The plan of a night changed."""
    return shifts.change(shift=shift, by=by, at=OUT, expected_version=None, **words)


@pytest.fixture
def coming(organization):
    return ShiftFactory(organization=organization, starts_at=OUT + 48 * HOUR)


# -- the beginning ------------------------------------------------------------------------------------


def test_at_first_comes_all_that_matters_tonight(out, ask, patrol, shift, crew, coming, organization):
    over = ShiftFactory(organization=organization, starts_at=OUT - 48 * HOUR)
    draft = ShiftFactory(organization=organization, starts_at=OUT + 24 * HOUR, status="draft")
    far = ShiftFactory(organization=organization, starts_at=OUT + timedelta(days=29))

    answer = ask(crew[1])

    own = shift.signups.get(membership=crew[1])
    assert keys(answer) == [{str(shift.pk), str(coming.pk)}, {str(own.pk)}, {str(patrol.pk)}]
    assert not {str(row.pk) for row in (over, draft, far)} & keys(answer, "shifts")[0]
    assert (answer["is_snapshot"], answer["has_more"], answer["gone"]) == (True, False, [])


def test_each_row_is_told_as_its_own_resource_shows_it(out, ask, as_, patrol, shift, crew):
    answer = ask(crew[1])

    def shown(name, row):
        return as_(crew[1]).get(reverse(f"patrols-api:{name}", args=[row.organization.code, row.pk])).json()

    assert answer["shifts"] == [shown("shift-detail", shift)]
    assert answer["signups"] == [shown("signup-detail", shift.signups.get(membership=crew[1]))]
    assert answer["patrols"] == [shown("patrol-detail", patrol)]


def test_whoever_patrols_nowhere_hears_of_no_patrol(out, ask, patrol, facilitator, stranger):
    for member in (facilitator, stranger):
        assert keys(ask(member)) == [set(), set(), set()]


# -- what changed -------------------------------------------------------------------------------------


def test_nothing_new_is_nothing_told(out, ask, crew, patrol):
    seal()
    cursor = ask(crew[1])["cursor"]
    answer = ask(crew[1], cursor)
    assert (keys(answer), answer["is_snapshot"], answer["gone"]) == ([set(), set(), set()], False, [])


@pytest.mark.parametrize("is_sealed", [True, False])
def test_a_change_is_told_before_and_after_its_seal(is_sealed, out, ask, crew, coming, coordinator):
    cursor = ask(crew[1])["cursor"]
    edited(coming, coordinator, capacity=9)
    if is_sealed:
        seal()

    answer = ask(crew[1], cursor)

    assert [row["capacity"] for row in answer["shifts"]] == [9]
    assert (ask(crew[1], answer["cursor"])["shifts"] == []) is is_sealed


def test_somebody_elses_signup_is_told_as_a_place_less_and_nothing_more(out, ask, crew, coming, volunteer):
    cursor = ask(crew[1])["cursor"]
    mine = signups.sign_up(shift=coming, by=volunteer, at=OUT)

    answer = ask(crew[1], cursor)

    assert keys(answer) == [{str(coming.pk)}, set(), set()]
    assert str(mine.pk) not in str(answer)
    assert volunteer.alias not in str(answer)


def test_the_own_signup_and_what_comes_of_it_are_told(out, ask, volunteer, coming):
    cursor = ask(volunteer)["cursor"]
    mine = signups.sign_up(shift=coming, by=volunteer, at=OUT)
    SignupFactory(shift=coming, organization=coming.organization)
    patrol = patrols.open_briefing(shift=coming, by=volunteer, at=coming.starts_at - HOUR / 2)

    answer = ask(volunteer, cursor)

    assert keys(answer) == [{str(coming.pk)}, {str(mine.pk)}, {str(patrol.pk)}]
    assert answer["shifts"][0]["mine"]["status"] == "confirmed"


def test_a_newcomer_hears_of_the_patrol_they_join(out, ask, volunteer, coming, crew):
    SignupFactory(shift=coming, membership=crew[0], organization=coming.organization)
    patrol = patrols.open_briefing(shift=coming, by=crew[0], at=coming.starts_at - HOUR / 2)
    seal()
    cursor = ask(volunteer)["cursor"]
    signups.sign_up(shift=coming, by=volunteer, at=coming.starts_at - HOUR / 3)
    assert keys(ask(volunteer, cursor), "patrols") == [{str(patrol.pk)}]


def test_whoever_is_taken_off_is_told_to_forget_the_patrol(out, ask, volunteer, coming, crew, coordinator):
    for member in (crew[0], volunteer):
        SignupFactory(shift=coming, membership=member, organization=coming.organization)
    patrol = patrols.open_briefing(shift=coming, by=crew[0], at=coming.starts_at - HOUR / 2)
    cursors = {member: ask(member)["cursor"] for member in (volunteer, crew[1])}
    own = coming.signups.get(membership=volunteer)
    signups.withdraw(signup=own, by=coordinator, at=coming.starts_at - HOUR / 3)

    answer, others = ask(volunteer, cursors[volunteer]), ask(crew[1], cursors[crew[1]])

    assert CrewMember.objects.get(membership=volunteer).attendance == "excused"
    assert answer["gone"] == [{"kind": "patrol", "id": str(patrol.pk)}]
    assert keys(answer, "patrols") == [set()]
    assert (others["gone"], str(patrol.pk) in str(others)) == ([], False)


def test_a_draft_is_told_to_whoever_plans_and_to_the_others_once_it_is_published(
    out, ask, coordinator, crew, organization
):
    cursors = {member: ask(member)["cursor"] for member in (coordinator, crew[0])}
    night = ShiftFactory(organization=organization, starts_at=OUT + 30 * HOUR, status="draft")
    edited(night, coordinator, capacity=7)

    planned = {member: keys(ask(member, cursor), "shifts") for member, cursor in cursors.items()}
    shifts.publish(shift=night, by=coordinator, at=OUT, expected_version=None)
    published = ask(crew[0], cursors[crew[0]])

    assert planned == {coordinator: [{str(night.pk)}], crew[0]: [set()]}
    assert keys(published, "shifts") == [{str(night.pk)}]
    assert published["gone"] == []


def test_a_month_taken_back_is_gone_from_the_phones_of_whoever_may_not_see_drafts(
    out, ask, coordinator, crew, organization
):
    night = ShiftFactory(organization=organization, starts_at=OUT + 30 * HOUR, status="draft")
    proposal = ProposalFactory(organization=organization, proposed_by=coordinator)
    ProposedNightFactory(organization=organization, proposal=proposal, shift=night)
    proposals.publish(proposal=proposal, by=coordinator, at=OUT)
    cursors = {member: ask(member)["cursor"] for member in (coordinator, crew[0])}

    proposals.take_back(proposal=proposal, by=coordinator, at=OUT)

    told = {member: ask(member, cursor) for member, cursor in cursors.items()}
    assert told[crew[0]]["gone"] == [{"kind": "shift", "id": str(night.pk)}]
    assert keys(told[crew[0]], "shifts") == [set()]
    assert (told[coordinator]["gone"], keys(told[coordinator], "shifts")) == ([], [{str(night.pk)}])


def test_another_boards_doings_are_told_to_nobody_here(out, ask, crew, stranger):
    night = ShiftFactory(organization=stranger.organization, starts_at=OUT + 30 * HOUR)
    cursor = ask(crew[0])["cursor"]
    edited(night, stranger, capacity=7)
    assert keys(ask(crew[0], cursor)) == [set(), set(), set()]


def test_the_meeting_point_is_told_when_its_time_comes_though_nobody_did_anything(
    out, ask, coming, crew, volunteer
):
    SignupFactory(shift=coming, membership=volunteer, organization=coming.organization)
    out.move_to(coming.starts_at - 2 * HOUR - HOUR / 60)
    cursors = {member: ask(member)["cursor"] for member in (volunteer, crew[0])}
    out.move_to(coming.starts_at - 2 * HOUR + HOUR / 60)

    assert [row["meeting_point"] for row in ask(volunteer, cursors[volunteer])["shifts"]] == [
        "Parque central"
    ]
    assert ask(crew[0], cursors[crew[0]])["shifts"] == []


def test_when_ones_own_rights_change_everything_is_told_anew(out, ask, coordinator, volunteer, coming):
    cursor = ask(volunteer)["cursor"]
    members.change_roles(
        membership=volunteer, by=coordinator, roles=[Role.VOLUNTEER, Role.PATROL_LEADER], at=OUT
    )
    answer = ask(volunteer, cursor)
    assert (answer["is_snapshot"], keys(answer, "shifts")) == (True, [{str(coming.pk)}])


# -- the cursor ---------------------------------------------------------------------------------------


def test_a_page_is_limited_and_the_next_one_goes_on(out, ask, crew, coordinator, organization, monkeypatch):
    monkeypatch.setattr(trail, "PAGE", 2)
    nights = ShiftFactory.create_batch(5, organization=organization, starts_at=OUT + 30 * HOUR)
    cursor = ask(crew[0])["cursor"]
    for night in nights:
        edited(night, coordinator, capacity=9)
    seal()

    told, more, pages = set(), True, 0
    while more:
        answer = ask(crew[0], cursor)
        told |= keys(answer, "shifts")[0]
        cursor, more, pages = answer["cursor"], answer["has_more"], pages + 1

    assert (told, pages) == ({str(night.pk) for night in nights}, 3)


def test_what_commits_late_is_not_skipped(out, ask, crew, coming, organization):
    """Its entry has a lower id and an older moment than one that was told already."""
    other = ShiftFactory(organization=organization, starts_at=OUT + 30 * HOUR)
    facts = {"organization_id": organization.pk, "action": "shift.changed", "subject_type": "patrols.Shift"}
    cursor = ask(crew[0])["cursor"]
    Entry.objects.create(pk=1_000_000, subject_id=str(other.pk), **facts)
    seal()
    first = ask(crew[0], cursor)
    Entry.objects.create(pk=999_999, subject_id=str(coming.pk), **facts)
    unsealed = ask(crew[0], first["cursor"])
    seal()

    assert keys(first, "shifts") == [{str(other.pk)}]
    assert keys(unsealed, "shifts") == [set()]
    assert keys(ask(crew[0], unsealed["cursor"]), "shifts") == [{str(coming.pk)}]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_began_first_and_committed_last_is_told(out, ask):
    organization = OrganizationFactory()
    coordinator = MembershipFactory(organization=organization)
    soon = OUT + 48 * HOUR
    slow, quick = ShiftFactory.create_batch(2, organization=organization, starts_at=soon)
    cursor = ask(coordinator)["cursor"]
    has_written, may_commit = threading.Event(), threading.Event()

    def dawdle():
        with transaction.atomic():
            edited(slow, coordinator, capacity=9)
            has_written.set()
            may_commit.wait(30)
        connection.close()

    thread = threading.Thread(target=dawdle)
    thread.start()
    has_written.wait(30)
    edited(quick, coordinator, capacity=9)
    seal()
    first = ask(coordinator, cursor)
    may_commit.set()
    thread.join(30)
    seal()

    entries = dict(Entry.objects.values_list("subject_id", "pk"))
    assert entries[str(slow.pk)] < entries[str(quick.pk)]
    assert keys(first, "shifts") == [{str(quick.pk)}]
    assert keys(ask(coordinator, first["cursor"]), "shifts") == [{str(slow.pk)}]


def test_after_a_backup_was_restored_everything_is_told_anew(out, ask, crew, coming, coordinator):
    for capacity in (7, 8):
        edited(coming, coordinator, capacity=capacity)
    seal()
    cursor = ask(crew[0])["cursor"]
    triggers.lift()
    Seal.objects.order_by("-number").first().delete()
    triggers.install()

    answer = ask(crew[0], cursor)

    assert answer["is_snapshot"]
    assert str(coming.pk) in keys(answer, "shifts")[0]


def test_a_cursor_says_nothing_and_serves_nobody_else(out, ask, as_, crew, coming, volunteer):
    cursor = ask(crew[0])["cursor"]
    again = ask(crew[0])["cursor"]
    door = reverse("phone-api:changes", args=[coming.organization.code])

    assert cursor != again  # not even whether something happened can be read from it
    for member, sent in (
        (volunteer, cursor),
        (crew[0], cursor[:-4] + "AAA="),
        (crew[0], "x" * 5_000),
        (crew[0], "ñ"),
        (crew[0], ""),
    ):
        response = as_(member).get(door, {"cursor": sent})
        assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "cursor")


def test_a_cursor_ends_with_the_key_it_was_made_under(out, ask, as_, crew, monkeypatch):
    cursor = ask(crew[0])["cursor"]
    monkeypatch.setattr(settings, "SECRET_KEY", "another" * 12)
    door = reverse("phone-api:changes", args=[crew[0].organization.code])
    assert as_(crew[0]).get(door, {"cursor": cursor}).status_code == 400


def test_other_parameters_are_refused(as_, volunteer):
    door = reverse("phone-api:changes", args=[volunteer.organization.code])
    assert as_(volunteer).get(door, {"since": "yesterday"}).json()["errors"][0]["field"] == "since"


# -- what it costs --------------------------------------------------------------------------------------


def test_many_changes_cost_the_queries_of_one(out, ask, crew, coordinator, organization, volunteer):
    def cost(count):
        cursor = ask(volunteer)["cursor"]
        for day in range(count, 2 * count):
            night = ShiftFactory(organization=organization, starts_at=OUT + (30 + 24 * day) * HOUR)
            signups.sign_up(shift=night, by=volunteer, at=OUT)
            SignupFactory(shift=night, organization=organization)
            patrols.open_briefing(shift=night, by=volunteer, at=night.starts_at)
        seal()
        with CaptureQueriesContext(connection) as queries:
            answer = ask(volunteer, cursor)
        assert len(answer["shifts"]) == len(answer["patrols"]) == count
        return len(queries)

    one, ten = cost(1), cost(10)
    assert ten == one
    assert ten <= 20


def test_a_snapshot_is_small(out, ask, crew, organization):
    ShiftFactory.create_batch(130, organization=organization, starts_at=OUT + 30 * HOUR)
    answer = ask(crew[0])
    assert len(answer["shifts"]) == 100
    assert len(str(answer)) < 100 * 700
    assert Shift.objects.count() > 130


# -- reports and sessions -------------------------------------------------------------------------------


@pytest.fixture
def report(volunteer):
    """A reserved report of the volunteer's, at the desk."""
    desk = municipality(volunteer.organization.ubigeo)
    return ReportFactory(by=volunteer, organization=desk, received_at=OUT)


@pytest.fixture
def reviewer(report):
    return MembershipFactory(organization=report.organization, roles={Role.REVIEWER})


def test_whoever_sent_a_report_hears_what_the_desk_did_with_it_and_nobody_else_does(
    out, ask, as_, report, reviewer, volunteer, crew
):
    seal()
    first, other = ask(volunteer), ask(crew[0])
    desk.triage(report=report, by=reviewer, at=OUT, expected_version=None)
    unsealed = ask(volunteer, first["cursor"])
    seal()
    told = ask(volunteer, first["cursor"])
    shown = as_(volunteer).get(
        reverse("incidents-api:own-report-detail", args=[volunteer.organization.code, report.pk])
    )

    assert keys(first, "reports") == keys(told, "reports") == keys(unsealed, "reports") == [{str(report.pk)}]
    assert told["reports"] == [shown.json()]
    assert told["reports"][0]["status"] == "triaged"
    assert ask(volunteer, told["cursor"])["reports"] == []
    assert (other["reports"], ask(crew[0], other["cursor"])["reports"]) == ([], [])


def test_that_somebody_read_a_report_is_told_to_nobody(out, ask, as_, report, reviewer, volunteer):
    seal()
    cursor = ask(volunteer)["cursor"]
    door = reverse("incidents-api:report-detail", args=[reviewer.organization.code, report.pk])
    assert as_(reviewer).get(door).status_code == 200
    assert Entry.objects.filter(action="report.read").exists()

    assert ask(volunteer, cursor)["reports"] == []


@pytest.fixture
def session(facilitator):
    return SessionFactory(organization=facilitator.organization, facilitator=facilitator, starts_at=OUT)


@pytest.fixture
def planner(facilitator):
    return MembershipFactory(organization=facilitator.organization, roles={Role.PROGRAM_COORDINATOR})


def test_a_facilitator_hears_of_the_own_sessions(out, ask, session, facilitator, planner):
    colleague = MembershipFactory(organization=facilitator.organization, roles={Role.FACILITATOR})
    first, other = ask(facilitator), ask(colleague)
    sessions.change(session=session, by=planner, at=OUT, place="Parroquia")

    told = ask(facilitator, first["cursor"])

    assert keys(first, "sessions") == [{str(session.pk)}]
    assert [row["place"] for row in told["sessions"]] == ["Parroquia"]
    assert ask(colleague, other["cursor"])["sessions"] == other["sessions"] == []


def test_a_session_given_to_somebody_else_is_gone_from_the_first_ones_phone_alone(
    out, ask, session, facilitator, planner
):
    heir, third = MembershipFactory.create_batch(
        2, organization=facilitator.organization, roles={Role.FACILITATOR}
    )
    cursors = {member: ask(member)["cursor"] for member in (facilitator, heir, third)}
    sessions.change(session=session, by=planner, at=OUT, facilitator=heir)
    seal()

    told = {member: ask(member, cursor) for member, cursor in cursors.items()}

    assert told[facilitator]["gone"] == [{"kind": "session", "id": str(session.pk)}]
    assert keys(told[heir], "sessions") == [{str(session.pk)}]
    assert str(session.pk) not in str(told[third])
