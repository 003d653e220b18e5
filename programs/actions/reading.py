"""Reading what a registration form says of a person. Each mistake is named by its field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_lazy as _

from programs.queries import words_of
from programs.states import DocumentKind, Language, Relationship
from rules.refusals import Invalid, Sentence

LONGEST_NAME = 80
OLDEST, YOUNGEST = 110, 3
PHONE = re.compile(r"\+?\d{6,15}")
DOCUMENTS = {
    DocumentKind.DNI: (re.compile(r"\d{8}"), _("A DNI has 8 digits.")),
    DocumentKind.CE: (re.compile(r"[A-Z0-9]{9,12}"), _("A foreigner's card has 9 to 12 letters and digits.")),
    DocumentKind.PASSPORT: (
        re.compile(r"[A-Z0-9]{5,20}"),
        _("Copy the number as it stands in the passport."),
    ),
}


@dataclass(frozen=True)
class Person:
    """What is written down of a participant. Empty means unknown."""

    given_names: str
    family_names: str
    birth_on: date
    document_kind: str = DocumentKind.NONE
    document: str = ""
    phone: str = ""
    language: str = Language.SPANISH

    @property
    def initials(self) -> str:
        return " ".join(f"{words_of(name)[0][0].upper()}." for name in (self.given_names, self.family_names))

    @property
    def adult_from(self) -> date:
        """The first of the month after the 18th birthday: the month is told, the day is not."""
        year, month = self.birth_on.year + 18, self.birth_on.month
        return date(year + month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Responsible:
    """What is written down of a guardian."""

    full_name: str
    relationship: str
    phone: str
    document: str = ""


def person(words: Person, today: date) -> Person:
    """The words tidied up, or a refusal that names each wrong field."""
    tidy = replace(
        words,
        given_names=_spaced(words.given_names),
        family_names=_spaced(words.family_names),
        document=packed(words.document),
        phone=packed(words.phone),
    )
    _refuse(dict(_problems(tidy, today)))
    return tidy


def responsible(words: Responsible) -> Responsible:
    """The guardian's words tidied up, or a refusal; its fields begin with `guardian_`."""
    tidy = replace(
        words,
        full_name=_spaced(words.full_name),
        phone=packed(words.phone),
        document=packed(words.document),
    )
    _refuse({f"guardian_{name}": sentence for name, sentence in _problems_of_guardian(tidy)})
    return tidy


def _refuse(wrong: dict[str, Sentence]) -> None:
    if wrong:
        raise Invalid(wrong)


def _spaced(text: str) -> str:
    return " ".join(text.split())


def packed(text: str) -> str:
    return re.sub(r"[\s.-]", "", text).upper()


def _problems(tidy: Person, today: date) -> Iterator[tuple[str, Sentence]]:
    for field in ("given_names", "family_names"):
        yield from _problems_of_name(field, getattr(tidy, field))
    if not today.year - OLDEST <= tidy.birth_on.year <= today.year - YOUNGEST:
        yield "birth_on", _("Look at the date of birth again.")
    yield from _problems_of_document(tidy)
    if tidy.phone:
        yield from _problems_of_phone(tidy.phone)
    if tidy.language not in Language.values:
        yield "language", _("Choose one from the list.")


def _problems_of_document(tidy: Person) -> Iterator[tuple[str, Sentence]]:
    if tidy.document_kind not in DocumentKind.values:
        yield "document_kind", _("Choose one from the list.")
    elif tidy.document_kind == DocumentKind.NONE and tidy.document:
        yield "document_kind", _("Say which document this is.")
    elif tidy.document_kind != DocumentKind.NONE:
        shape, sentence = DOCUMENTS[DocumentKind(tidy.document_kind)]
        if not shape.fullmatch(tidy.document):
            yield "document", sentence


def _problems_of_guardian(tidy: Responsible) -> Iterator[tuple[str, Sentence]]:
    yield from _problems_of_name("full_name", tidy.full_name)
    yield from _problems_of_phone(tidy.phone)
    if tidy.relationship not in Relationship.values:
        yield "relationship", _("Choose one from the list.")
    if len(tidy.document) > 20:
        yield "document", _("That is too long.")


def _problems_of_name(field: str, name: str) -> Iterator[tuple[str, Sentence]]:
    if not words_of(name):
        yield field, _("Write the name.")
    elif len(name) > LONGEST_NAME:
        yield field, _("That is too long.")


def _problems_of_phone(phone: str) -> Iterator[tuple[str, Sentence]]:
    if not PHONE.fullmatch(phone):
        yield "phone", _("Write the phone number with its digits only.")
