"""Questions asked of the source itself. Each checker is first shown a planted breach and must see it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "config",
    "insights",
    "phone",
    "incidents",
    "programs",
    "patrols",
    "places",
    "accounts",
    "notifications",
    "audit",
    "rules",
)
SOURCES = sorted(
    path
    for app in APPS
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "formats" not in path.parts
)
# What others read and copy, though it serves no request.
BESIDE = sorted(path for folder in ("bench", "docs", "tests") for path in (ROOT / folder).rglob("*.py"))
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
STATEMENTS = {"insert", "insert_all", "Update"}  # of rules.statements
DOORS = ("api.py", "views.py", "forms.py", "tasks.py", "serializers.py")
LONGEST_FUNCTION, LONGEST_MODULE = 40, 300


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def orm_writes(tree: ast.AST) -> list[int]:
    """Lines that write rows: `X.objects.create(…)`, `row.save()`, `rows.update(…)`…"""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (_writes_by_method(node.func) or _writes_by_statement(node.func))
    ]


def _writes_by_method(func: ast.AST) -> bool:
    return isinstance(func, ast.Attribute) and func.attr in WRITES and not _is_a_verb_or_a_dict(func)


def _writes_by_statement(func: ast.AST) -> bool:
    return isinstance(func, ast.Name) and func.id in STATEMENTS


def _is_a_verb_or_a_dict(func: ast.Attribute) -> bool:
    """`signups.withdraw(...)` is a verb; `headers.update(...)` is a dict: told by their names."""
    owner = func.value
    return isinstance(owner, ast.Name) and owner.id in {"headers", "context", "kwargs", "body"}


def magic(tree: ast.AST) -> list[str]:
    """Signals, `save()` overrides, and Celery's own delays: none of them may exist."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            names = {ast.unparse(decorator).split("(")[0].split(".")[-1] for decorator in node.decorator_list}
            found += ["signal"] if "receiver" in names else []
            found += [f"{node.name}() override"] if node.name in {"save", "ready"} else []
        if isinstance(node, ast.ImportFrom) and "signals" in (node.module or ""):
            found.append("signal")
        if isinstance(node, ast.keyword) and node.arg in {"eta", "countdown"}:
            found.append(f"{node.arg}=")
        if isinstance(node, ast.Attribute) and node.attr == "retry":
            found.append(".retry")
    return found


def clocks(tree: ast.AST) -> list[int]:
    """Lines that ask for the time; verbs and queries are told it instead."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func)
        in {"timezone.now", "now", "datetime.now", "date.today", "timezone.localdate"}
        and not node.args
    ]


def long_functions(tree: ast.AST) -> list[str]:
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return [
        f"{function.name}: {function.end_lineno - function.lineno + 1} lines"
        for function in functions
        if function.end_lineno - function.lineno + 1 > LONGEST_FUNCTION
    ]


def code_lines(source: str) -> int:
    return sum(1 for line in source.splitlines() if line.strip() and not line.strip().startswith("#"))


def rooms(*names: str) -> Iterator[Path]:
    """Modules of these rooms, whether a file or a package of nouns."""
    for path in SOURCES:
        if path.name in names or any(f"{path.parent.name}.py" == name for name in names):
            yield path


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", list(rooms(*DOORS)), ids=relative)
def test_doors_write_no_rows(path):
    assert orm_writes(parse(path)) == []


@pytest.mark.parametrize("path", SOURCES + BESIDE, ids=relative)
def test_nothing_happens_by_magic(path):
    assert magic(parse(path)) == []


@pytest.mark.parametrize(
    "path", list(rooms("actions.py", "queries.py", "notices.py", "states.py")), ids=relative
)
def test_verbs_and_queries_are_told_the_time(path):
    assert clocks(parse(path)) == []


@pytest.mark.parametrize("path", SOURCES, ids=relative)
def test_functions_and_modules_stay_short(path):
    assert long_functions(parse(path)) == []
    assert code_lines(path.read_text()) <= LONGEST_MODULE


@pytest.mark.parametrize(
    ("checker", "breach"),
    [
        (orm_writes, "def post(self):\n    Shift.objects.create(x=1)"),
        (orm_writes, "def post(self):\n    shift.save()"),
        (orm_writes, "def post(self):\n    insert(shift)"),
        (orm_writes, "CLOSE = Update(lambda: (Shift.objects.all(), {}))"),
        (orm_writes, "Shift.objects.filter(pk=1).update(status='open')"),
        (magic, "@receiver(post_save)\ndef told(sender): ..."),
        (magic, "class Shift:\n    def save(self): ..."),
        (magic, "remind.apply_async(eta=tomorrow)"),
        (magic, "self.retry()"),
        (clocks, "def start():\n    at = timezone.now()"),
        (long_functions, "def f():\n" + "    pass\n" * 41),
    ],
)
def test_each_checker_sees_a_planted_breach(checker, breach):
    assert checker(ast.parse(breach))
