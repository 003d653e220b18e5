"""Settings say in a sentence what is wrong with them, and every one of them is written down."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import env
from config.production import refuse_unless_safe

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SITE_URL": "https://ronda.example.pe",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.pe:587",
    "RONDA_NEW": "1",
    "RONDA_DEMO": "0",
    "DEBUG": "0",
}
NOT_OURS = {"DJANGO_SETTINGS_MODULE"}
SAFE = {
    "url": "https://ronda.example.pe",
    "bind": "10.0.0.2",
    "proxies": 1,
    "secret": "x" * 50,
    "email": "smtp://mail",
    "is_debug": False,
    "is_demo": False,
}


def manage(*words, **environment):
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


def test_every_variable_the_code_reads_is_written_down_and_no_other():
    written = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    reader = re.compile(r'env\.(?:text|flag|number|one_of|names|folder|database|email)\(\s*"([A-Z_]+)"')
    direct = re.compile(r'os\.environ(?:\.get\(|\[)"([A-Z_]+)"')
    read = set()
    for module in (ROOT / "config").rglob("*.py"):
        read |= set(reader.findall(module.read_text())) | set(direct.findall(module.read_text()))
    assert read - NOT_OURS == written


def test_a_production_installation_passes_djangos_own_deployment_checks():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"url": "http://ronda.example.pe"}, "must start with https://"),
        ({"url": "ronda.example.pe"}, "must be like https://"),
        ({"url": "https://ronda.example.pe/path"}, "without a path"),
        ({"proxies": 0}, "TRUSTED_PROXIES is 0"),
        ({"email": ""}, "EMAIL_URL is missing"),
        ({"secret": "short"}, "SECRET_KEY must have at least 50"),
        ({"is_demo": True}, "listen on 127.0.0.1 only"),
        ({"is_debug": True}, "listen on 127.0.0.1 only"),
    ],
)
def test_an_unsafe_installation_does_not_start(change, sentence):
    with pytest.raises(ImproperlyConfigured, match=sentence):
        refuse_unless_safe(**SAFE | change)


def test_a_safe_installation_a_demo_and_a_trial_at_home_start():
    refuse_unless_safe(**SAFE)
    at_home = SAFE | {"url": "http://localhost:8000", "bind": "127.0.0.1", "proxies": 0, "email": ""}
    refuse_unless_safe(**at_home)
    refuse_unless_safe(**at_home | {"is_demo": True})


def test_a_refusal_reaches_the_operator_as_sentences_without_a_trace():
    done = manage("check", **PRODUCTION | {"SITE_URL": "http://ronda.example.pe", "EMAIL_URL": ""})
    assert done.returncode == 1
    assert "must start with https://" in done.stderr
    assert "EMAIL_URL is missing" in done.stderr
    assert "Traceback" not in done.stderr


def test_lost_keys_are_an_error_and_never_made_anew_in_silence(tmp_path):
    done = manage("check", **PRODUCTION | {"RONDA_NEW": "0", "RONDA_HOME": str(tmp_path)})
    assert done.returncode == 1
    assert "Restore it from the key backup" in done.stderr


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: env.number("TRIAL", default=1), "many", "must be a whole number"),
        (lambda: env.number("TRIAL", default=1, least=1), "0", "at least 1"),
        (lambda: env.flag("TRIAL", default=False), "maybe", "is not a yes"),
        (lambda: env.one_of("TRIAL", ("A", "B"), default="A"), "C", "is not one of A, B"),
        (lambda: env.database("TRIAL", default=Path("x")), "mysql://host/name", "PostgreSQL database"),
        (lambda: env.database("TRIAL", default=Path("x")), "postgres://host:port/x", "is not a database URL"),
        (lambda: env.email("TRIAL"), "pigeon://coop", "is not a mail URL"),
    ],
)
def test_a_wrong_value_is_named_with_what_it_should_be(monkeypatch, read, value, sentence):
    monkeypatch.setenv("TRIAL", value)
    with pytest.raises(ImproperlyConfigured, match=f"TRIAL.*{sentence}"):
        read()


def test_mail_is_printed_unless_a_server_is_named(monkeypatch):
    monkeypatch.delenv("TRIAL", raising=False)
    assert env.email("TRIAL")["EMAIL_BACKEND"].endswith("console.EmailBackend")
    monkeypatch.setenv("TRIAL", "smtp+tls://user:p%40ss@mail.example.pe:587")
    found = env.email("TRIAL")
    assert found["EMAIL_BACKEND"].endswith("smtp.EmailBackend")
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.pe", 587)
    assert (found["EMAIL_HOST_PASSWORD"], found["EMAIL_USE_TLS"]) == ("p@ss", True)
