"""No verb changes a row without saying so in the trail. Asked of the source: each verb, and whatever
of ours it calls, is walked until an entry is found."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.test_code import ROOT, SOURCES, orm_writes

Function = tuple[str, str]  # module, name
TRAIL = {("audit.actions", name) for name in ("record", "record_all", "record_read")}

# Verbs that write rows and leave no entry, each with its reason.
SILENT = {
    "accounts.actions.sessions.sweep": "rows that have ended already; nobody did anything",
    "audit.actions.seal": "it is the trail's own seal",
    "incidents.actions.telling.tell_reporters": "its line would join a person to a report",
    "notifications.actions.delivery.deliver": "every try is a row of its own: Attempt",
    "notifications.actions.inbox.choose_channel": "one's own letterbox, seen and undone by oneself",
    "notifications.actions.inbox.read": "that somebody opened a message is nobody else's business",
    "notifications.actions.inbox.read_all": "that somebody opened a message is nobody else's business",
    "notifications.actions.leases.claim": "every try is a row of its own: Attempt",
    "notifications.actions.leases.tidy": "a notice's state is its own record",
    "notifications.actions.promises.plan": "a notice is its own record",
    "notifications.actions.promises.supersede": "a notice's state is its own record",
    "patrols.actions.tracks.add_points": "its consent is on record; a line a minute would say who was where",
    "phone.actions.clocks.note": "what was sent is on record by its own verb; this is the clock beside it",
    "phone.actions.envelopes.take": "the verb of the envelope's kind leaves the entry",
    "phone.actions.envelopes.take_together": "the verb of the envelopes' kind leaves the entries",
    "phone.actions.envelopes.unreadable": "the quarantined row is its own record",
    "phone.actions.quarantine.keep": "the row is its own record; opening it is on record",
}


class House:
    """Functions of ours and what they call, as far as imports say it."""

    def __init__(self, modules: dict[str, str]) -> None:
        self.functions: dict[Function, ast.FunctionDef] = {}
        self.names: dict[str, dict[str, str]] = {}
        for module, source in modules.items():
            tree = ast.parse(source)
            self.names[module] = dict(imported(tree))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    self.functions[module, node.name] = node

    def verbs(self) -> Iterator[Function]:
        """Public functions of the rooms `actions` that are called by keyword only."""
        for (module, name), node in self.functions.items():
            by_keyword = node.args.kwonlyargs and not (node.args.args or node.args.posonlyargs)
            if "actions" in module.split(".") and not name.startswith("_") and by_keyword:
                yield module, name

    def reached(self, start: Function) -> set[Function]:
        """A function and all of ours that it calls, directly or not."""
        found, waiting = set(), [start]
        while waiting:
            function = waiting.pop()
            if function not in found:
                found.add(function)
                waiting += self.called(function)
        return found

    def called(self, function: Function) -> Iterator[Function]:
        """What is named in the body counts as called: some verbs are handed over, not called."""
        if function not in self.functions:
            return
        module = function[0]
        for node in ast.walk(self.functions[function]):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                owner = self.names[module].get(node.value.id)
                yield from [(owner, node.attr)] if owner else []
            elif isinstance(node, ast.Name) and (module, node.id) in self.functions:
                yield module, node.id
            elif isinstance(node, ast.Name) and node.id in self.names[module]:
                owner, _, name = self.names[module][node.id].rpartition(".")
                yield owner, name

    def silent(self) -> set[str]:
        """Verbs that write rows somewhere and leave no entry anywhere."""
        found = set()
        for verb in self.verbs():
            reached = self.reached(verb)
            writes = any(orm_writes(self.functions[one]) for one in reached if one in self.functions)
            if writes and not reached & TRAIL:
                found.add(".".join(verb))
        return found


def imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Names a module got from elsewhere, and what they stand for."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)


@pytest.fixture(scope="module")
def house():
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in SOURCES}
    return House({name.removesuffix(".__init__"): path.read_text() for path, name in names.items()})


def test_the_walk_finds_the_verbs_and_follows_them(house):
    verbs = set(house.verbs())
    assert {("patrols.actions.signups", "sign_up"), ("accounts.actions.devices", "unlock")} <= verbs
    assert ("patrols.actions.places", "take") in house.reached(("patrols.actions.signups", "sign_up"))


def test_every_verb_that_changes_a_row_leaves_an_entry_or_says_why_not(house):
    assert house.silent() == set(SILENT)


DEEP = {
    "shop.actions.stalls": "from shop.actions import ledger\ndef sell(*, by):\n    ledger.keep(by)",
    "shop.actions.ledger": "from audit import actions as audit\n"
    "def keep(by):\n    Sale.objects.create()\n    audit.record(by=by)",
}


def test_an_entry_made_further_down_counts():
    assert House(DEEP).silent() == set()


@pytest.mark.parametrize(
    "ledger",
    [
        "def keep(by):\n    Sale.objects.create()",
        "def keep(by):\n    sale.save()\n    log.record(by=by)",
        "def keep(by):\n    rows.update(sold=True)\n\n"
        "def other(by):\n    from_audit = 1\n    audit.record(by=by)",
    ],
)
def test_the_walk_sees_a_planted_breach(ledger):
    assert House(DEEP | {"shop.actions.ledger": ledger}).silent() == {"shop.actions.stalls.sell"}
