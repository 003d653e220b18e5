"""A kind of envelope, and what its verb is told."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.models import Membership
from accounts.receipts import Answer, Author, author_tag
from accounts.scoping import Row, ScopedQuerySet
from phone.envelopes import within
from rules.refusals import Invalid, NotFound

Words = dict[str, Any]
Form = type[serializers.Serializer[Any]]


@dataclass
class Rows:
    """What one batch found already: the rows its envelopes are about, and forms to read them with.

    A row found here was visible to the sender. The verb locks it and asks everything again, so an
    older copy opens nothing; what was not found is looked for again, since a batch makes rows too.
    """

    by: Membership
    author: Author = field(init=False)
    _rows: dict[tuple[type, str, object], Any] = field(default_factory=dict)
    _forms: dict[Form, serializers.Serializer[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.author = Author(self.by.organization_id, author_tag(self.by))

    def find(self, rows: ScopedQuerySet[Row], **key: object) -> Row:
        """The one row with this key that the sender may see."""
        ((name, value),) = key.items()
        place = (rows.model, name, value)
        if place not in self._rows:
            found = rows.visible_to(self.by).filter(**key).first()
            if found is None:
                raise NotFound
            self._rows[place] = found
        row: Row = self._rows[place]
        return row

    def read(self, form: Form, words: Words) -> Words:
        """Read a payload or refuse it, naming each field. One form serves the whole batch."""
        reader = self._forms.get(form) or self._forms.setdefault(form, form())
        read: Words = reader.run_validation(words)
        return read


@dataclass(frozen=True)
class Sent:
    """An envelope on its way to a verb. `at` is our clock; `happened_at` is the phone's, corrected by
    `offset`, which is how far it was off."""

    id: UUID
    by: Membership
    at: datetime
    happened_at: datetime
    offset: timedelta
    rows: Rows

    def by_our_clock(self, moment: datetime) -> datetime:
        """Another moment that the phone told by the same clock."""
        return within(moment + self.offset)


Verb = Callable[[Sent, Words], Answer]
TogetherVerb = Callable[[Sequence[tuple[Sent, Words]]], list[Answer]]


@dataclass(frozen=True)
class Step:
    """The shape of a payload, and what to do with it: the answer is JSON-ready and small.

    `do_together`, for what comes by the hundred, does it for many of one sender in one transaction, and
    answers in their order. It refuses all if it must refuse one: they are then taken one by one.
    """

    form: Form
    do: Verb
    do_together: TogetherVerb | None = None


@dataclass(frozen=True)
class Kind:
    """One kind of envelope in one version. Where its payload names a `verb`, each has its step.

    A kind with a `veil` must not be joined to who sent it: the veil says whose write it is as far as
    a receipt may know, and nothing else of its journey is written down in the clear.
    """

    name: str
    version: int
    steps: Mapping[str, Step]
    veil: Callable[[Sent, Words], Author] | None = None

    @property
    def receipt(self) -> str:
        """How its receipts are marked."""
        return f"{self.name}/{self.version}"

    def read(self, sent: Sent, payload: str) -> tuple[Verb, Words]:
        """What to call, and what to tell it."""
        words = read_json(payload)
        step = self._step_for(words)
        return step.do, sent.rows.read(step.form, words)

    def author(self, sent: Sent, payload: str) -> Author:
        """Whose write it is."""
        return sent.rows.author if self.veil is None else self.veil(sent, self.read(sent, payload)[1])

    def do(self, sent: Sent, payload: str) -> Answer:
        """Read the payload and call the verb."""
        verb, words = self.read(sent, payload)
        return verb(sent, words)

    def together(self) -> TogetherVerb | None:
        """How to do many of this kind at once, if there is a way."""
        step = self.steps.get("")
        return step.do_together if step and self.veil is None else None

    def _step_for(self, words: Words) -> Step:
        if "" in self.steps:
            return self.steps[""]
        verb = words.get("verb")
        if not isinstance(verb, str) or verb not in self.steps:
            raise Invalid({"verb": _("Choose one from the list.")})
        return self.steps[verb]


def one(form: Form, do: Verb, together: TogetherVerb | None = None) -> dict[str, Step]:
    """The steps of a kind that has only one."""
    return {"": Step(form, do, together)}


def read_json(text: str) -> Words:
    """A payload's JSON object, or a refusal."""
    try:
        words = read_object(text)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, dict):
        raise Invalid({"payload": _("Send a JSON object as text.")})
    return words


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


read_object = partial(json.loads, parse_constant=_no_number)
