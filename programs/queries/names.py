"""Finding a sealed name again: each of its words as a blind tag, within one organization."""

import re
import unicodedata
from typing import Any
from uuid import UUID

from accounts import blind
from programs.models import NameToken
from programs.states import DocumentKind

LETTERS = re.compile(r"[^\W\d_]+")


def words_of(name: str) -> list[str]:
    """The words of a name as they are compared: small letters, no accents."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return LETTERS.findall("".join(mark for mark in plain if not unicodedata.combining(mark)))


def name_tokens(organization_id: UUID, *names: str) -> set[str]:
    """The tags of every word of these names."""
    words = {word for name in names for word in words_of(name)}
    return {blind.tag("participant name", f"{organization_id}:{word}") for word in words}


def document_tag(organization_id: UUID, kind: str, document: str) -> str:
    """The tag of one document."""
    return blind.tag("participant document", f"{organization_id}:{kind}:{document}")


def document_tags(organization_id: UUID, document: str) -> set[str]:
    """The tags a number may have, whichever document it is of."""
    kinds = [kind for kind in DocumentKind.values if kind != DocumentKind.NONE]
    return {document_tag(organization_id, kind, document) for kind in kinds} if document else set()


def named(organization_id: UUID, token: str) -> Any:
    """Everybody with this word in their name, as a subquery."""
    return NameToken.objects.filter(organization_id=organization_id, token=token).values("participant_id")


def short_names(given_names: list[str], initials: list[str]) -> list[str]:
    """First name and initial, as a sheet shows them; all given names where two would look alike."""
    firsts = [_short(given.split()[:1], mark) for given, mark in zip(given_names, initials, strict=True)]
    longer = [_short(given.split(), mark) for given, mark in zip(given_names, initials, strict=True)]
    return [long if firsts.count(short) > 1 else short for short, long in zip(firsts, longer, strict=True)]


def _short(given: list[str], initials: str) -> str:
    return f"{' '.join(given)} {initials.split()[-1]}"
