"""`manage.py demo --json`: its tokens open what their roles may read, and no other installation has any."""

import json

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import Session
from config.demo.cast import PARTS

# Who may read each of the rows it names, and where.
DOORS = {
    "shift": ("coordinator", "shifts"),
    "patrol": ("coordinator", "patrols"),
    "member": ("coordinator", "members"),
    "report": ("reviewer", "reports"),
    "report_in_progress": ("reviewer", "reports"),
    "arrest": ("reviewer", "citizen-arrests"),
    "own_report": ("volunteer", "my-reports"),
    "program": ("program_coordinator", "programs"),
    "cohort": ("program_coordinator", "cohorts"),
    "session": ("program_coordinator", "sessions"),
    "participant": ("program_coordinator", "participants"),
    "enrollment": ("program_coordinator", "enrollments"),
}


@pytest.fixture
def handout(demo, capsys):
    call_command("demo", json=True)
    return json.loads(capsys.readouterr().out)


def client_of(handout, part):
    client = APIClient()
    client.credentials(HTTP_X_SESSION_TOKEN=handout["tokens"][part]["token"])
    return client, f"/api/v1/{handout['tokens'][part]['organization']}/"


def test_its_tokens_sign_every_role_in_and_its_ids_are_found_over_http(handout):
    assert set(handout["tokens"]) == {part.key for part in PARTS}
    for part, held in handout["tokens"].items():
        client, here = client_of(handout, part)
        me = client.get(f"{here}session/").json()
        assert (me["membership"], me["roles"]) == (held["membership"], held["roles"]), part
        assert bool(me["device"]) == (part in {"volunteer", "leader", "newcomer"})
    for name, (part, where) in DOORS.items():
        client, here = client_of(handout, part)
        assert handout["ids"][name], name
        answer = client.get(f"{here}{where}/{handout['ids'][name]}/")
        assert (answer.status_code, answer.json()["id"]) == (200, handout["ids"][name]), name
    stranger, _ = client_of(handout, "other_coordinator")
    _, here = client_of(handout, "coordinator")
    assert stranger.get(f"{here}shifts/").status_code == 404

    kinds = [one["kind"] for one in handout["organizations"]]
    assert kinds == ["board", "board", "board", "municipality", "ngo"]
    assert {one["user_name"] for one in handout["sign_ins"]} >= {
        "coordinacion1",
        "municipalidad",
        "programas",
    }


def test_where_there_is_no_demo_no_token_is_handed_out(db):
    with pytest.raises(CommandError, match="not a demo"):
        call_command("demo", json=True)
    assert not Session.objects.exists()


def test_before_it_is_written_it_says_how(demo_settings):
    with pytest.raises(CommandError, match="seed_demo"):
        call_command("demo")
