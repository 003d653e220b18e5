"""The catalogues of words follow the code, and say what they lack."""

import pytest
from babel.messages.mofile import read_mo
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language_info, gettext, override
from django.utils.translation.trans_real import get_supported_language_variant

from config import catalogues

CODE = """
from django.utils.translation import gettext as _, ngettext_lazy, pgettext

_("Hello")
pgettext("a door", "Open")
ngettext_lazy("%(count)d place", "%(count)d places", "count")
"""
PAGE = """{% load i18n %}
{% if x %}{% translate "Sign in" %}{% endif %}
   {% blocktranslate trimmed count n=rows|length %}
     One row of {{ who }}
   {% plural %}
     {{ n }} rows of {{ who }}
   {% endblocktranslate %}
 {% translate "(unbalanced" %}
"""
SPANISH = """
msgid "Hello"
msgstr "Hola"

msgctxt "a door"
msgid "Open"
msgstr "Abrir"

msgid "%(count)d place"
msgid_plural "%(count)d places"
msgstr[0] "%(count)d lugar"
msgstr[1] "%(count)d lugares"

msgid "Sign in"
msgstr "Entrar"

msgid "One row of %(who)s"
msgid_plural "%(n)s rows of %(who)s"
msgstr[0] "Una fila de %(who)s"
msgstr[1] "%(n)s filas de %(who)s"

msgid "(unbalanced"
msgstr "(suelto"

msgid "Nobody says this"
msgstr "Nadie lo dice"
"""


@pytest.fixture
def words(tmp_path, monkeypatch):
    """A small house with an app and a page."""
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("")
    (tmp_path / "app" / "views.py").write_text(CODE)
    (tmp_path / "templates" / "app").mkdir(parents=True)
    (tmp_path / "templates" / "app" / "page.html").write_text(PAGE)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    catalogues.update_all()
    (tmp_path / "fragment.po").write_text(SPANISH)
    return tmp_path


def test_words_of_code_and_pages_are_found_with_plurals_and_contexts(words):
    found = {message.id for message in catalogues.extract_all() if message.id}
    assert found == {
        "Hello",
        "Open",
        ("%(count)d place", "%(count)d places"),
        "Sign in",
        ("One row of %(who)s", "%(n)s rows of %(who)s"),
        "(unbalanced",
    }


def test_missing_spanish_is_named_and_merging_it_in_completes_it(words):
    assert any("No Spanish for 'Hello'" in problem for problem in catalogues.problems())
    remarks = catalogues.merge([words / "fragment.po"])
    assert remarks == ["fragment.po: 'Nobody says this' is not in the code."]
    assert catalogues.problems() == []


def test_a_word_added_to_the_code_makes_the_catalogues_stale(words):
    catalogues.merge([words / "fragment.po"])
    (words / "app" / "views.py").write_text(CODE + '_("New")\n')
    found = catalogues.problems()
    assert "locale/qu is behind the code: run `make messages`." in found
    assert "No Spanish for 'New' (app/views.py)." in found


def test_a_lost_placeholder_is_named(words):
    broken = SPANISH.replace("Una fila de %(who)s", "Una fila").replace(
        "%(n)s filas de %(who)s", "filas %(x)s"
    )
    (words / "fragment.po").write_text(broken)
    catalogues.merge([words / "fragment.po"])
    assert any("One row of" in problem for problem in catalogues.problems())


def test_an_open_language_compiles_to_nothing_so_that_spanish_shows_through(words):
    catalogues.merge([words / "fragment.po"])
    catalogues.compile_all()
    compiled = {language: catalogues.path_of(language).with_suffix(".mo") for language in ("es", "qu")}
    with compiled["qu"].open("rb") as quechua, compiled["es"].open("rb") as spanish:
        assert [message.id for message in read_mo(quechua) if message.id] == []
        assert len([message for message in read_mo(spanish) if message.id]) == 6


def test_writing_twice_changes_nothing(words):
    assert catalogues.update_all() == []


def test_quechua_is_registered_under_both_its_codes():
    assert get_language_info("qu")["name_local"] == "Runasimi"
    catalogues.compile_all()
    assert get_supported_language_variant("quz") == "qu"


def test_whoever_compiles_reads_the_words_at_once(tmp_path, monkeypatch, settings):
    """A first start writes the demo's messages in the process that compiled them."""
    folder = tmp_path / "locale" / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(SPANISH)
    monkeypatch.setattr(catalogues, "ROOT", tmp_path)
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    with override("es"):
        assert gettext("Hello") == "Hello"  # looked for, and not there yet
    catalogues.compile_all()
    with override("es"):
        assert gettext("Hello") == "Hola"


def test_names_of_days_and_months_are_left_to_django():
    """Ours would stand in every date: within a sentence Spanish begins them small."""
    with override("en"):
        names = {str(name) for name in (*WEEKDAYS.values(), *WEEKDAYS_ABBR.values(), *MONTHS.values())}
    assert not names & {message.id for message in catalogues.read("es")}
