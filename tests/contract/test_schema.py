"""The schema tells the truth: it takes what it allows, answers what it promises; nothing breaks the server.

Schemathesis draws requests from `openapi.yaml`; keys in addresses are real ones, and each request is undone
before the next, so that a verb finds its row as it stood.
"""

from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from tests.contract.rows import OMIT
from tests.contract.stages import ROUTES, Stage, set_for

SCHEMA = schemathesis.openapi.from_path(Path(__file__).resolve().parents[2] / "openapi.yaml")
# Asked by a phone and not by a member: limited by network and by try, asked in tests of their own.
APART = {
    "/api/v1/device-enrollment",
    "/api/v1/device-sign-in",
    "/api/v1/{organization}/device-sos/",
}
MADE_BY_THE_SERVER = {"cursor"}  # nobody can draw one
ENOUGH, DRAWN, HOSTILE = 20, 40, 15
# Half of it on each database: what is forbidden meets the stricter one, which refuses NUL and huge numbers.
on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="asked on SQLite")
on_postgres = pytest.mark.skipif(connection.vendor != "postgresql", reason="asked on PostgreSQL")
OPERATIONS = [operation for each in SCHEMA.get_all_operations() if (operation := each.ok()).path not in APART]


def calmly(examples: int) -> Any:
    return settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def name(operation: Any) -> str:
    return operation.definition.raw["operationId"]


def stage_for(operation: Any) -> Stage:
    return set_for(operation.path, operation.method.lower(), name(operation))


def send(stage: Stage, case: Any, body: Any = None) -> Any:
    """Ask, and undo it: the next request finds everything as it stood."""
    address = case.operation.path.format(**stage.path)
    query = {key: value for key, value in (case.query or {}).items() if key not in MADE_BY_THE_SERVER}
    words = {} if body is None else {"data": body} | form_of(body)
    with transaction.atomic():
        response = getattr(stage.client(), case.method.lower())(address, query_params=query, **words)
        transaction.set_rollback(True)
    if response.streaming:
        response.content_read = b"".join(response.streaming_content)
        response.close()
    return response


def form_of(body: Any) -> dict[str, str]:
    """How a body travels: as JSON, unless it is or holds a file."""
    if isinstance(body, bytes):
        return {"content_type": "image/jpeg"}
    holds_a_file = isinstance(body, dict) and any(hasattr(word, "read") for word in body.values())
    return {"format": "multipart" if holds_a_file else "json"}


def as_drawn(stage: Stage, case: Any) -> Any:
    """The drawn body without inventions the schema does not name, with the words only the stage knows."""
    schema = schema_of_body(case.operation)
    if schema.get("type") == "array":
        return case.body if isinstance(case.body, list) and case.body else stage.body
    if schema.get("format") == "binary":
        return stage.body["raw"]
    known = schema.get("properties", {})
    body = case.body if isinstance(case.body, dict) else {}
    words = {
        field: word for field, word in (body | stage.body).items() if field in known and word is not OMIT
    }
    return words if schema else None


def schema_of_body(operation: Any) -> dict[str, Any]:
    """What the schema says of the body: of its one kind, JSON or a form with a file."""
    content = operation.definition.raw.get("requestBody", {}).get("content", {})
    (schema, *_others) = [kind.get("schema", {}) for kind in content.values()] or [{}]
    name_of_it = schema.get("$ref", "").split("/")[-1]
    return SCHEMA.raw_schema["components"]["schemas"].get(name_of_it, schema)


def check_answer(case: Any, response: Any) -> None:
    """Raise unless the answer has the shape the schema promises for its status."""
    headers = {key: [value] for key, value in response.headers.items()}
    asked = requests.Request(case.method, "http://testserver" + response.request["PATH_INFO"]).prepare()
    answer = schemathesis.Response(
        response.status_code, headers, content_of(response), request=asked, elapsed=0.1, verify=False
    )
    case.operation.validate_response(answer, case=case)


def test_every_json_route_is_in_the_schema():
    assert {operation.path for operation in OPERATIONS} == set(ROUTES)


def content_of(response: Any) -> bytes:
    return response.content_read if response.streaming else response.content


@on_sqlite
@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_what_the_schema_allows_is_taken_and_answered_as_promised(operation):
    stage, statuses, refusals, cases = stage_for(operation), [], [], []

    @calmly(DRAWN)
    @given(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    def ask(case: Any) -> None:
        response = send(stage, case, as_drawn(stage, case))
        statuses.append(response.status_code)
        cases.append(case)
        assert response.status_code < 500
        if response.status_code < 300:
            check_answer(case, response)
        else:
            refusals.append(response.content[:300])

    ask()
    while len(statuses) < ENOUGH:  # an address without words has little to draw: ask the same again
        statuses.append(send(stage, cases[0], as_drawn(stage, cases[0])).status_code)
    accepted = sum(status < 300 for status in statuses)
    assert accepted >= ENOUGH, (statuses, refusals[:5])


@on_postgres
@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_what_the_schema_forbids_breaks_nothing(operation):
    stage = stage_for(operation)

    @calmly(HOSTILE)
    @given(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: Any) -> None:
        body = case.body if is_json(case.body) and operation.method.upper() != "GET" else None
        assert send(stage, case, body).status_code < 500

    ask()


def is_json(body: Any) -> bool:
    return isinstance(body, dict | list | str | int | float | bool)
