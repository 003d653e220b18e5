"""The catalogues of words: extracted from the code, kept in locale/, compiled without gettext's tools.

English is what stands in the code, so its catalogue stays empty; Spanish must be complete;
Quechua is open for whoever brings it, and falls back to Spanish word by word.
"""

import io
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.reloader import translation_file_changed

ROOT = Path(__file__).resolve().parent.parent
COMPLETE, OPEN = "es", ("en", "qu")
NO_WORDS_IN = {"tests", "bench", "migrations"}
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
CHANGING = r'"(POT-Creation-|PO-Revision-|Last-Trans|Language-Team|Generated-By|Report-)|#'


def path_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def sources() -> Iterator[Path]:
    """Every file that may hold words for the screen: our packages and the templates."""
    for package in sorted(ROOT.glob("*/__init__.py")):
        if package.parent.name not in NO_WORDS_IN:
            modules = sorted(package.parent.rglob("*.py"))
            yield from (module for module in modules if not NO_WORDS_IN & set(module.parts))
    yield from sorted((ROOT / "templates").rglob("*.*"))


def extract_all() -> Catalog:
    """All words of the house as one template, ordered as they are found."""
    template = Catalog(project="Ronda", version="1", charset="utf-8")
    for source in sources():
        name = str(source.relative_to(ROOT))
        for line, words, comments, context in _words_of(source):
            template.add(words, None, [(name, line)], auto_comments=comments, context=context)
    return template


def _words_of(source: Path) -> Iterable[tuple[int, str | tuple[str, ...], list[str], str | None]]:
    """Words of one file. Django turns a template into calls that the Python extractor can read;
    the lines lose their indentation, which Python would otherwise stumble over."""
    text = source.read_text()
    if source.suffix != ".py":
        from django.utils.translation.template import templatize

        text = "\n".join(line.strip() for line in templatize(text, origin=str(source)).split("\n"))
    return extract("python", io.BytesIO(text.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def read(language: str) -> Catalog:
    """One language's catalogue as it stands in the repository, or a new one."""
    path = path_of(language)
    if not path.exists():
        return Catalog(locale=language, project="Ronda", version="1", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def brought_up_to_date(language: str, template: Catalog) -> Catalog:
    """The catalogue with exactly the words in use; what was translated stays so."""
    catalogue = read(language)
    catalogue.update(template, no_fuzzy_matching=True)
    return catalogue


def as_text(catalogue: Catalog) -> str:
    """The file as it is written: without line numbers and dates, which change for no reason."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    head, words = out.getvalue().decode().split("\n\n", 1)
    kept = [line for line in head.split("\n") if not re.match(CHANGING, line)]
    return "\n".join(kept).strip() + "\n\n" + words


def update_all() -> list[str]:
    """Bring every catalogue up to date. Answers the languages that changed."""
    template, changed = extract_all(), []
    for language in (COMPLETE, *OPEN):
        text = as_text(brought_up_to_date(language, template))
        if _write(path_of(language), text.encode()):
            changed.append(language)
    return changed


def problems() -> list[str]:
    """What keeps the catalogues from being complete: stale files, missing or broken Spanish."""
    template, found = extract_all(), []
    for language in (COMPLETE, *OPEN):
        path = path_of(language)
        text = as_text(brought_up_to_date(language, template))
        if not path.exists() or path.read_text() != text:
            found.append(f"locale/{language} is behind the code: run `make messages`.")
    return [*found, *_gaps(brought_up_to_date(COMPLETE, template)), *_words_in_open_languages()]


def _gaps(catalogue: Catalog) -> Iterator[str]:
    for message in _messages(catalogue):
        if not _is_translated(message) or message.fuzzy:
            yield f"No Spanish for {message.id!r} ({message.locations[0][0]})."
        for error in message.check(catalogue):
            yield f"The Spanish of {message.id!r}: {error}"


def _words_in_open_languages() -> Iterator[str]:
    for message in _messages(read("en")):
        if any(_strings(message)):
            yield f"English {message.id!r} is the code's own: it needs no translation."


def merge(fragments: Iterable[Path]) -> list[str]:
    """Take Spanish from loose PO files into the catalogue. Answers what deserves a look."""
    catalogue = brought_up_to_date(COMPLETE, extract_all())
    remarks: list[str] = []
    for fragment in fragments:
        with fragment.open("rb") as file:
            for message in _messages(read_po(file, locale=COMPLETE, charset="utf-8")):
                remarks += _merge_one(catalogue, message, fragment.name)
    _write(path_of(COMPLETE), as_text(catalogue).encode())
    return remarks


def _merge_one(catalogue: Catalog, message: Message, origin: str) -> Iterator[str]:
    known = catalogue.get(message.id, message.context)
    if known is None:
        yield f"{origin}: {message.id!r} is not in the code."
    elif _is_translated(message):
        if _is_translated(known) and known.string != message.string:
            yield f"{origin}: {message.id!r} was {known.string!r}, is now {message.string!r}."
        known.string = message.string
        known.flags.discard("fuzzy")


def compile_all() -> None:
    """Write the .mo files that Django reads, where the .po is newer. This process reads them from here on:
    what it had found before, on a first start nothing, is forgotten."""
    for language in (COMPLETE, *OPEN):
        path = path_of(language)
        compiled = path.with_suffix(".mo")
        is_fresh = compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime
        if path.exists() and not is_fresh:
            _compile(read(language), compiled)
            translation_file_changed(sender=None, file_path=compiled)


def _compile(catalogue: Catalog, path: Path) -> None:
    """Only what is translated: an empty plural would otherwise hide the language behind it."""
    full = Catalog(locale=catalogue.locale, charset="utf-8")
    for message in _messages(catalogue):
        if _is_translated(message) and not message.fuzzy:
            full.add(message.id, message.string, context=message.context)
    out = io.BytesIO()
    write_mo(out, full)
    _write(path, out.getvalue(), always=True)


def _messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def _strings(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def _is_translated(message: Message) -> bool:
    return all(_strings(message))


def _write(path: Path, content: bytes, *, always: bool = False) -> bool:
    """Put the file in place in one step: others may be reading it. Says whether it changed."""
    if not always and path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(content)
    draft.replace(path)
    return True
