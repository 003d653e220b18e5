"""Each filter that scopes a model is taken away in turn, and the walk must see what it let through."""

import gc
import json

import pytest
from django.apps import apps

from accounts.roles import GRANTS, Role
from accounts.scoping import ScopedList, ScopedStatement
from tests.architecture import worlds
from tests.architecture.routes import SCOPED
from tests.architecture.test_boundary import ask, client_of
from tests.architecture.test_models import OUR_MODELS, is_scoped

# Models no address reads by themselves, with what stands before them.
BEHIND = {
    "accounts.Invitation": "found by its secret code; listed nowhere",
    "accounts.Organization": "found through one's own membership",
    "accounts.Receipt": "found by its own key and author, never shown",
    "accounts.ReceiptConflict": "kept for operators; no door yet",
    "audit.Entry": "read by an operator's command; no door yet",
    "audit.Seal": "read by an operator's command; no door yet",
    "incidents.Category": "what can be reported is the same for everybody",
    "incidents.CitizenArrestEntry": "shown with its record, found by the record's key",
    "incidents.Group": "what can be reported is the same for everybody",
    "notifications.Notice": "the outbox; its reader sees the inbox",
    "notifications.Preference": "found by the reader's own id",
    "patrols.BoardRules": "found by one's own board",
    "patrols.CalendarFeed": "one's own; found by its secret, which is not kept",
    "patrols.Acknowledgement": "what a start asks for; nobody reads who tapped",
    "patrols.Correction": "shown with the attendance it changed",
    "patrols.Handover": "read line by line",
    "patrols.HoursCertificate": "no door yet",
    "patrols.Loan": "no door yet",
    "patrols.CrewMember": "a second look beside the filter asks whose it is",
    "patrols.Objection": "shown with the attendance it is about",
    "patrols.Joining": "shown with its member, found by the member's key",
    "patrols.LogEntry": "read through its patrol, found by the patrol's key",
    "patrols.Move": "shown with its patrol, found by the patrol's key",
    "patrols.Qualification": "shown with its member; taken back by its own key",
    "patrols.AlarmStep": "shown with its alarm",
    "patrols.SafetyCheck": "read through its patrol, found by the patrol's key",
    "patrols.Watch": "the clock's own; the crew reads its deadline with the patrol",
    "patrols.ProposedNight": "shown with its proposal, found by the proposal's key",
    "patrols.SeriesException": "read through its series, found by the series' key",
    "patrols.ShiftRole": "read through its shift, found by the shift's key",
    "patrols.Voucher": "shown to whoever gave it; taken back by its own key",
    "patrols.Coverage": "numbers, read through their patrol",
    "patrols.RouteStop": "read through its patrol, found by the patrol's key",
    "patrols.Skip": "read through its patrol, found by the patrol's key",
    "patrols.Track": "one's own, found by the reader's own id",
    "patrols.TrackPoint": "one's own alone, with the replay of a patrol, found by the patrol's key",
    "patrols.Visit": "read through its patrol, found by the patrol's key",
    "phone.Clock": "a record beside what was sent; no door shows it",
    "phone.Quarantined": "read by an operator's command; no door",
    "places.District": "a public boundary; the map shows the one of the organization",
    "places.EmergencyLine": "open to everybody; `visible_to` only sorts by district",
    "places.PoliceStation": "no door yet",
    "programs.Attendance": "read through its session, found by the session's key",
}
OPEN = {"line"}


@pytest.fixture(autouse=True)
def _statements_written_here_alone():
    """A statement keeps its words: one written without its filter must not serve another test, nor
    one written before hide that the filter is gone."""
    forget_statements()
    yield
    forget_statements()


def forget_statements():
    for kept in gc.get_objects():
        if type(kept) is ScopedStatement:
            kept._statements.clear()
        elif type(kept) is ScopedList:
            kept._statement.cache_clear()


FILTERED = [model for model in OUR_MODELS if is_scoped(model) and model._meta.label not in BEHIND]
READS = [route for route in SCOPED if "get" in route.named]


def words_of(response):
    """What an answer says, ids as they are written in it."""
    if "json" in response.headers.get("Content-Type", ""):
        return json.dumps(response.json())
    said = b"".join(response) if response.streaming else response.content
    return said.decode("utf-8", "replace")  # a photo is no text


def lets_through(route, theirs):
    """Whether somebody who may ask this address at home is shown a row of another world."""
    role = next(role for role in Role if route.permission("get") in GRANTS[role])
    member = worlds.member_of(role, worlds.HERE)
    response = ask(route, "get", client_of(route, member), member.organization, theirs)
    if response.status_code >= 300:
        return False
    said = words_of(response)
    return bool(route.rows) or any(str(row.pk) in said for row in owned(theirs))


def owned(world):
    """Its rows, without those that belong to nobody, as a national emergency line."""
    return [row for name, row in world.rows.items() if name not in OPEN]


@pytest.mark.parametrize("model", FILTERED, ids=lambda model: model._meta.label)
def test_a_filter_taken_away_is_seen(model, monkeypatch):
    theirs = worlds.build(worlds.member_of(Role.COORDINATOR, worlds.ELSEWHERE))
    rows = type(model._default_manager.all())
    monkeypatch.setattr(rows, "visible_to", lambda self, membership: self.all())
    assert any(lets_through(route, theirs) for route in READS)


def test_with_every_filter_in_place_nothing_is_let_through():
    theirs = worlds.build(worlds.member_of(Role.COORDINATOR, worlds.ELSEWHERE))
    assert [route.name for route in READS if lets_through(route, theirs)] == []


@pytest.mark.parametrize("label", sorted(BEHIND))
def test_no_model_stays_behind_that_is_gone(label):
    assert is_scoped(apps.get_model(label))
