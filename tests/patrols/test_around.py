"""What surrounds an outing: equipment, what is handed on, who stayed, and hours on paper."""

from datetime import date, timedelta

import pytest

from accounts.roles import Role
from audit.models import Entry
from patrols.actions import attendance, certificates, equipment, handovers, patrols
from patrols.models import Correction, CrewMember, HandoverItem, HoursCertificate, Loan, Shift
from patrols.queries import certificates as hours
from patrols.queries import handovers as notes
from patrols.queries.weeks import own_weeks
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

HOUR = timedelta(hours=1)


@pytest.fixture
def vest(coordinator):
    return equipment.register(by=coordinator, at=NOON, kind="vest", label="CH-07", source="on_cession")


@pytest.fixture
def neighbor(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


def next_night(patrol, crew):
    """The sector's next crew, meeting with everybody there."""
    shift = ShiftFactory(
        organization=patrol.organization,
        sector=patrol.shift.sector,
        starts_at=patrol.shift.starts_at + 24 * HOUR,
    )
    for member in crew:
        SignupFactory(shift=shift, organization=patrol.organization, membership=member)
    meeting = PatrolFactory(shift=shift, organization=patrol.organization, leader=crew[0], status="briefing")
    for member in crew:
        CrewMemberFactory(
            patrol=meeting, organization=patrol.organization, membership=member, attendance="present"
        )
    return meeting


def test_a_label_stands_for_one_thing_of_the_board(vest, coordinator):
    with pytest.raises(Invalid) as refused:
        equipment.register(by=coordinator, at=NOON, kind="radio", label="CH-07")
    assert set(refused.value.fields) == {"label"}


def test_what_is_out_is_lent_to_nobody_else(vest, coordinator, neighbor, volunteer):
    loan = equipment.lend(item=vest, by=coordinator, at=NOON, member=neighbor)
    with pytest.raises(Conflict) as refused:
        equipment.lend(item=vest, by=coordinator, at=NOON, member=volunteer)
    assert refused.value.code == "item_out"
    equipment.take_back(loan=loan, by=coordinator, at=NOON + HOUR, condition="damaged")
    vest.refresh_from_db()
    assert vest.condition == "damaged"
    assert equipment.lend(item=vest, by=coordinator, at=NOON + HOUR, member=volunteer).in_at is None


def test_a_crew_takes_its_things_and_brings_them_back(vest, patrol_that_is, crew, neighbor):
    patrol = patrol_that_is("briefing")
    with pytest.raises(NotAllowed):
        equipment.lend(item=vest, by=neighbor, at=NOON, patrol=patrol)
    loan = equipment.lend(item=vest, by=crew[1], at=NOON, patrol=patrol)
    assert [one.pk for one in Loan.objects.visible_to(crew[0])] == [loan.pk]
    assert not Loan.objects.visible_to(neighbor).exists()
    with pytest.raises(NotAllowed):
        equipment.take_back(loan=loan, by=neighbor, at=NOON)
    back = equipment.take_back(loan=loan, by=crew[0], at=NOON + HOUR)
    assert (back.in_by, back.condition) == (crew[0], "good")


@pytest.mark.parametrize("status", ["planned", "closed", "missed"])
def test_a_crew_that_is_not_together_takes_nothing(status, vest, patrol_that_is, crew):
    with pytest.raises(IllegalMove):
        equipment.lend(item=vest, by=crew[0], at=NOON, patrol=patrol_that_is(status))


def test_a_thing_that_is_out_stays_on_the_register(vest, coordinator, neighbor):
    equipment.lend(item=vest, by=coordinator, at=NOON, member=neighbor)
    with pytest.raises(Conflict):
        equipment.retire(item=vest, by=coordinator, at=NOON)


def test_nobody_lends_another_boards_things(vest, stranger, neighbor):
    with pytest.raises((NotFound, NotAllowed)):
        equipment.lend(item=vest, by=stranger, at=NOON, member=neighbor)
    with pytest.raises(NotAllowed):
        equipment.lend(item=vest, by=neighbor, at=NOON, member=neighbor)


def test_the_next_crew_reads_what_the_last_one_left_before_it_goes(patrol_that_is, crew):
    first = patrol_that_is("debrief")
    handovers.write(patrol=first, by=crew[0], at=NOON, lines=["Poste caído en la reja", " "])
    meeting = next_night(first, crew)
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=meeting, by=crew[0], at=meeting.shift.starts_at)
    assert refused.value.code == "handover_unread"
    taps = [handovers.acknowledge(patrol=meeting, by=crew[1], at=NOON) for _tap in range(2)]
    assert taps == [1, 0]
    assert not notes.unread_by(meeting).exists()


def test_a_line_is_carried_from_crew_to_crew_until_somebody_settles_it(patrol_that_is, crew):
    first = patrol_that_is("debrief")
    handovers.write(patrol=first, by=crew[0], at=NOON, lines=["Luz rota", "Perro herido"])
    second = next_night(first, crew)
    handovers.resolve(item=HandoverItem.objects.get(text="Luz rota"), by=crew[1], at=NOON)
    third = next_night(second, crew)
    assert [item.text for item in notes.waiting_for(third)] == ["Perro herido"]
    with pytest.raises(IllegalMove):
        handovers.resolve(item=HandoverItem.objects.get(text="Luz rota"), by=crew[1], at=NOON)


def test_only_crew_and_coordinator_read_what_is_handed_on(
    patrol_that_is, crew, neighbor, coordinator, stranger, reviewer
):
    handovers.write(patrol=patrol_that_is("debrief"), by=crew[0], at=NOON, lines=["Luz rota"])
    readers = (crew[0], neighbor, coordinator, stranger, reviewer)
    assert [HandoverItem.objects.visible_to(who).count() for who in readers] == [1, 0, 1, 0, 0]


@pytest.mark.parametrize("lines", [[], [" "], ["x" * 201], ["otra"] * 11])
def test_a_note_is_one_to_ten_short_lines(lines, patrol_that_is, crew):
    with pytest.raises(Invalid):
        handovers.write(patrol=patrol_that_is("debrief"), by=crew[0], at=NOON, lines=lines)


def test_whoever_goes_home_early_walks_until_then_and_leaves_nobody_alone(patrol_that_is, crew, organization):
    patrol = patrol_that_is("active")
    at = patrol.started_at + HOUR
    with pytest.raises(Conflict) as refused:
        attendance.leave(patrol=patrol, by=crew[1], at=at)
    assert refused.value.code == "leaves_one_alone"
    CrewMemberFactory(patrol=patrol, organization=organization, attendance="present")
    assert attendance.leave(patrol=patrol, by=crew[0], at=at).leader != crew[0]
    patrols.finish(patrol=patrol, by=crew[1], at=at + HOUR)

    night = Shift.objects.get(pk=patrol.shift_id).service_date
    weeks = own_weeks(night - timedelta(days=night.weekday()), [crew[0].pk, crew[1].pk])
    assert (weeks[crew[0].pk].hours, weeks[crew[1].pk].hours) == (1.0, 2.0)


def test_attendance_is_put_right_with_a_reason_and_what_was_believed_stays(patrol_that_is, crew, neighbor):
    patrol = patrol_that_is("closed", present=1)
    somebody = CrewMember.objects.get(patrol=patrol, membership=crew[1])
    words = {"crew_member": somebody, "at": NOON, "attendance": "present", "reason_code": "phone_failed"}
    with pytest.raises(NotAllowed):
        attendance.correct(by=neighbor, **words)
    for _tap in range(2):
        attendance.correct(by=crew[0], **words)
    somebody.refresh_from_db()
    assert (somebody.attendance, somebody.present_since) == ("present", None)
    correction = Correction.objects.get()
    assert (correction.was, correction.became, correction.by) == ("expected", "present", crew[0])
    assert Entry.objects.filter(action="attendance.corrected").count() == 1


@pytest.mark.parametrize("wrong", [{"attendance": "expected"}, {"reason_code": "porque sí"}])
def test_a_correction_names_what_and_why_from_the_list(wrong, patrol_that_is, crew):
    somebody = CrewMember.objects.get(patrol=patrol_that_is("closed"), membership=crew[1])
    words = {"attendance": "late", "reason_code": "told_us"} | wrong
    with pytest.raises(Invalid) as refused:
        attendance.correct(crew_member=somebody, by=crew[0], at=NOON, **words)
    assert set(refused.value.fields) == set(wrong)


JANUARY = {"from_on": date(2030, 1, 1), "to_on": date(2030, 1, 31)}


@pytest.fixture
def asked(organization, neighbor):
    """A neighbor with one outing of two hours asks for January's hours."""
    shift = ShiftFactory(organization=organization)
    ends = {"started_at": shift.starts_at, "ended_at": shift.starts_at + 2 * HOUR}
    patrol = PatrolFactory(organization=organization, shift=shift, status="closed", **ends)
    CrewMemberFactory(patrol=patrol, organization=organization, membership=neighbor, attendance="present")
    return certificates.ask(by=neighbor, at=NOON, **JANUARY)


def test_a_certificate_freezes_the_hours_and_its_code_finds_them(asked, coordinator):
    issued = certificates.issue(certificate=asked, by=coordinator, at=NOON)
    CrewMember.objects.update(attendance="no_show")
    code = hours.code_of(issued)
    found = hours.by_code(f" {code[:4].lower()}-{code[4:]} ")
    assert found is not None
    assert (float(found.hours), found.patrols) == (2.0, 1)
    assert code not in str(HoursCertificate.objects.values().get())


def test_a_revoked_certificate_says_that_it_is_no_longer_valid(asked, coordinator):
    issued = certificates.issue(certificate=asked, by=coordinator, at=NOON)
    certificates.revoke(certificate=issued, by=coordinator, at=NOON)
    found = hours.by_code(hours.code_of(issued))
    assert found is not None
    assert not found.is_valid
    with pytest.raises(IllegalMove):
        certificates.revoke(certificate=issued, by=coordinator, at=NOON)


@pytest.mark.parametrize("code", ["", "22222222", "2222-22", "\x00", "ñ" * 8])
def test_a_guess_finds_nothing(code, asked, coordinator):
    certificates.issue(certificate=asked, by=coordinator, at=NOON)
    assert hours.by_code(code) is None


def test_only_another_coordinator_signs_for_hours_that_were_walked(asked, neighbor, coordinator, stranger):
    for somebody in (neighbor, stranger):
        with pytest.raises((NotAllowed, NotFound)):
            certificates.issue(certificate=asked, by=somebody, at=NOON)
    own = certificates.ask(by=coordinator, at=NOON, **JANUARY)
    with pytest.raises(NotAllowed):
        certificates.issue(certificate=own, by=coordinator, at=NOON)
    CrewMember.objects.update(attendance="no_show")
    with pytest.raises(Conflict) as refused:
        certificates.issue(certificate=asked, by=coordinator, at=NOON)
    assert refused.value.code == "no_hours"


def test_days_out_of_order_are_refused_by_name(neighbor):
    with pytest.raises(Invalid) as refused:
        certificates.ask(by=neighbor, at=NOON, from_on=date(2030, 2, 1), to_on=date(2030, 1, 1))
    assert set(refused.value.fields) == {"to_on"}
