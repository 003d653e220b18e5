"""Log lines say where something happened and never repeat what somebody wrote."""

import io
import json
import logging
from types import SimpleNamespace
from unittest.mock import Mock, patch

import pytest
import structlog
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestLine
from gunicorn.workers.base import Worker

from config import gunicorn
from tests.factories import UserFactory


@pytest.fixture
def written():
    """What the log's own formatter writes while the test runs."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(_our_formatter())
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


def _our_formatter():
    asked = dict(settings.LOGGING["formatters"]["json"])
    return asked.pop("()")(**asked)


def test_a_request_is_one_line_with_its_route_and_nothing_of_the_visitor(client, written):
    client.get("/api/docs/?phone=987654321", HTTP_USER_AGENT="Secret phone", REMOTE_ADDR="10.9.8.7")
    (line,) = written()
    assert (line["event"], line["request"], line["code"]) == ("request_finished", "GET api/docs/", 200)
    assert not {"987654321", "Secret phone", "10.9.8.7"} & set(map(str, line.values()))


def test_being_asked_how_one_is_all_day_is_not_worth_a_line(client, written):
    client.get("/healthz")
    client.get("/readyz")
    assert written() == []


def test_an_address_that_leads_nowhere_is_not_written_down(client, written):
    client.get("/maria-lopez/987654321/")
    assert [line["request"] for line in written()] == ["GET -"]


def test_a_signed_in_persons_id_is_not_in_the_line(client, written):
    user = UserFactory()
    client.force_login(user)
    client.get("/home/")
    assert "user_id" not in written()[-1]


@pytest.mark.parametrize("logger", [structlog.get_logger("ours"), logging.getLogger("theirs")])
def test_an_exception_is_logged_by_kind_and_place_without_its_words(logger, written):
    try:
        raise ValueError("Key (phone)=(987654321) already exists")
    except ValueError:
        logger.exception("it broke")
    (line,) = written()
    assert line["event"] == "it broke"
    assert line["trace"][0] == "ValueError"
    assert "test_logs.py" in line["trace"][1]
    assert "987654321" not in json.dumps(line)


def test_a_failed_tasks_words_are_not_repeated(written):
    structlog.get_logger("tasks").error("task_failed", error="María 987654321", reason="María")
    assert "987654321" not in json.dumps(written())


def test_a_refused_form_does_not_repeat_where_its_visitor_came_from(written):
    browser = Client(enforce_csrf_checks=True)
    browser.post("/pin/", {"pin": "280419"}, HTTP_ORIGIN="https://maria-lopez.example")
    assert [(line["event"], line["code"]) for line in written()] == [("request_finished", 403)]


@pytest.mark.parametrize("problem", [InvalidRequestLine("GET /?phone=987654321"), ValueError("987654321")])
def test_what_gunicorn_cannot_serve_is_logged_without_address_and_words(problem, capsys):
    served = Config()
    worker = SimpleNamespace(log=gunicorn.logger_class(served), cfg=served)
    request = SimpleNamespace(uri="/?phone=987654321", method="GET")
    try:
        raise problem
    except Exception as raised:
        known = request if isinstance(raised, ValueError) else None
        with patch("gunicorn.workers.base.Response"), patch("gunicorn.workers.base.default_environ"):
            Worker.handle_error(worker, known, Mock(), ("10.9.8.7", 4242), raised)
    said = capsys.readouterr().err
    assert type(problem).__name__ in said
    assert "987654321" not in said
    assert "10.9.8.7" not in said


def test_why_a_worker_could_not_start_is_still_told(capsys):
    log = gunicorn.logger_class(Config())
    try:
        raise ImproperlyConfigured("SITE_URL must start with https://")
    except ImproperlyConfigured:
        log.exception("Exception in worker process")
    assert "SITE_URL must start with https://" in capsys.readouterr().err
