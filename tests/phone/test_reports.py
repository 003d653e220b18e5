"""Reports captured without signal, and what nobody may learn from how they travelled."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder

from accounts.models import Receipt, ReceiptConflict
from accounts.roles import Role
from audit.models import Entry
from incidents.models import Report
from phone.models import Clock, Quarantined
from tests.factories import MembershipFactory, SectorFactory
from tests.incidents.factories import CategoryFactory, municipality
from tests.phone.conftest import OUT, PHONE, envelope, iso, step

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def desk(organization):
    CategoryFactory()
    return municipality(organization.ubigeo)


def report(seq=1, **words):
    return envelope(
        "report.filed", {"category": "VID-05", "text": "Dos se pelean", "is_in_progress": True} | words, seq
    )


def about(kind, filed, seq=2, **words):
    return envelope(f"report.{kind}", {"report": filed["id"]} | words, seq)


def statuses(answers):
    return [answer["status"] for answer in answers]


def test_a_report_arrives_at_the_desk_when_it_happened_by_our_clock(out, send, volunteer, desk):
    slow = OUT - timedelta(days=30)
    sent = report(occurred_at=iso(slow - 2 * HOUR), lat=-12.03, lon=-77.01, accuracy_m=9, block="B")
    sent |= {"captured_at": iso(slow - HOUR), "client_now": iso(slow)}

    (answer,) = send(volunteer, sent)

    assert (answer["status"], answer["result"]) == (
        201,
        {"report": sent["id"], "status": "received", "version": 1},
    )
    row = Report.objects.get(pk=sent["id"])
    assert (row.organization, row.occurred_at, row.text, row.is_in_progress, row.block) == (
        desk,
        OUT - 2 * HOUR,
        "Dos se pelean",
        True,
        "B",
    )
    assert row.confidentiality == "reserved"


def test_a_report_without_a_point_is_in_the_sector_it_says(out, send, volunteer):
    ours = SectorFactory(district__ubigeo=volunteer.ubigeo)
    theirs = SectorFactory(district__ubigeo="150110")

    answers = send(volunteer, report(sector=str(ours.pk)), report(2, sector=str(theirs.pk)))

    assert statuses(answers) == [201, 404]
    assert Report.objects.get().sector == ours


def test_a_report_is_corrected_and_retracted_in_the_batch_that_brings_it(out, send, volunteer):
    sent = report()
    batch = [
        about("retracted", sent, 3),
        about("corrected", sent, 2, text="Eran tres"),
        sent,
    ]

    answers = send(volunteer, *batch)

    assert [answer["result"]["version"] for answer in answers] == [3, 2, 1]
    assert statuses(send(volunteer, *batch)) == [200] * 3


def test_a_report_taken_back_at_once_stays_gone_and_the_taking_back_may_be_sent_again(out, send, volunteer):
    sent = report()
    undone = about("undone", sent)

    assert statuses(send(volunteer, sent, undone)) == [201, 201]
    assert not Report.objects.exists()
    assert [(one["status"], one["is_kept"]) for one in send(volunteer, sent, undone)] == [
        (410, True),
        (200, True),
    ]


def test_the_same_report_under_another_text_is_kept_beside_it(out, send, volunteer):
    sent = report()
    other = report(text="Otra cosa") | {"id": sent["id"]}
    assert statuses(send(volunteer, sent, other)) == [201, 409]
    assert ReceiptConflict.objects.count() == 1


def test_nobody_speaks_for_somebody_elses_report(out, send, volunteer, crew):
    sent = report()
    send(volunteer, sent)

    answers = send(crew[0], about("undone", sent), about("corrected", sent, 3, text="No fue así"))

    assert [(answer["status"], answer["is_kept"]) for answer in answers] == [(404, False)] * 2


def test_without_any_desk_the_lines_to_call_are_said_and_the_phone_keeps_its_copy(out, send):
    member = MembershipFactory(organization__ubigeo="150110", roles={Role.VOLUNTEER})
    (answer,) = send(member, report())
    assert (answer["status"], answer["code"], answer["is_kept"]) == (409, "no_desk", False)
    assert "lines" in answer


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"category": "XXX-99"}, "category"),
        ({"confidentiality": "anonymous"}, "confidentiality"),
        ({"text": "x" * 501}, "text"),
        ({"occurred_at": "ayer"}, "occurred_at"),
        ({"suspect": "él"}, "suspect"),
        ({"severity": 5}, "severity"),
    ],
)
def test_a_report_that_cannot_be_read_names_its_field(words, field, out, send, volunteer):
    (answer,) = send(volunteer, report(**words))
    assert (answer["status"], [error["field"] for error in answer["errors"]]) == (422, [field])
    assert (Report.objects.count(), Quarantined.objects.count()) == (0, 1)


def test_a_facilitator_reports_nothing(out, send, facilitator, desk):
    (answer,) = send(facilitator, report())
    assert answer["status"] in {403, 409}


# -- nothing joins the two ----------------------------------------------------------------------------


def everything():
    """Every row of every table of ours, as it lies in the database."""
    for model in apps.get_models():
        for row in model._default_manager.values():
            yield model._meta.label, json.dumps(row, cls=DjangoJSONEncoder, default=str)


PEOPLE = {"accounts.User", "accounts.Membership", "accounts.Session", "mfa.Authenticator", "patrols.Joining"}


def naming(member):
    """Tables with a row that holds this member, this phone, or an id of theirs."""
    needles = [str(member.pk), str(member.user_id), PHONE]
    return {
        label for label, row in everything() if label not in PEOPLE and any(one in row for one in needles)
    }


def test_a_batch_of_reports_leaves_nothing_that_names_who_sent_it(out, send, volunteer):
    sent = report()
    odd = report(seq=4) | {"seq": "cuatro"}
    strange = envelope("report.sung", {"text": "La la"}, 5)
    twice = report(text="Otra") | {"id": sent["id"]}

    answers = send(volunteer, sent, about("corrected", sent, 2, text="Eran tres"), twice, odd, strange)

    assert statuses(answers) == [201, 201, 409, 422, 422]
    assert naming(volunteer) == set()
    board = {label for label, row in everything() if str(volunteer.organization_id) in row}
    assert board <= {"accounts.Organization", "accounts.Membership", "patrols.Joining"}


def test_beside_what_the_crew_did_its_reports_share_no_moment_tag_or_clock(send, patrol, crew):
    sent = report(seq=2)
    odd = report(seq=4) | {"seq": "cuatro"}
    answers = send(crew[0], step(patrol, "pause", 1), sent, step(patrol, "resume", 3), odd)

    assert statuses(answers) == [201, 201, 201, 422]
    assert Clock.objects.count() == 1  # for what the crew did
    tags = Receipt.objects.values_list("author_tag", "organization_id")
    mine, veiled = tags.filter(kind="patrol.move/1"), tags.get(kind="report.filed/1")
    assert veiled not in list(mine)
    assert not set(veiled) & {value for row in mine for value in row}
    actors = set(Entry.objects.filter(subject_type="incidents.Report").values_list("actor", flat=True))
    assert all(actor.startswith("tag:") for actor in actors)
    filed = Report.objects.get()
    moments = {filed.received_at, *filed.moves.values_list("at", flat=True)}
    assert not moments & set(patrol.moves.values_list("at", flat=True))
    assert not moments & set(Clock.objects.values_list("at", flat=True))
    assert Quarantined.objects.get().envelope_id is None
