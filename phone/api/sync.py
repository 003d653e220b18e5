"""`POST sync`: up to a hundred envelopes, each answered on its own."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, ClassVar
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.doors import ScopedViewSet
from accounts.models import Membership
from accounts.receipts import Answer
from accounts.roles import Permission
from accounts.sessions import device_of
from phone.actions import clocks, envelopes
from phone.api import described
from phone.envelopes import Envelope, EnvelopeIn, at_a_glance, digest_of, key_of
from phone.kinds import OPEN, Rows
from phone.models import Quarantined
from rules.refusals import Invalid

MOST = 100
DEEPEST = 8


class FieldErrorOut(serializers.Serializer[Any]):
    """One thing that is wrong."""

    field = serializers.CharField()
    detail = serializers.CharField()


class AnswerOut(serializers.Serializer[Any]):
    """What became of one envelope. Its copy on the phone may go when `is_kept` is true."""

    id = serializers.UUIDField(allow_null=True, help_text="The envelope's id; null if it had none.")
    sha256 = serializers.CharField(allow_null=True, help_text="Of the payload's bytes, in hex.")
    status = serializers.IntegerField()
    is_kept = serializers.BooleanField(help_text="Whether the server now has it, or has erased it.")
    code = serializers.CharField(required=False)
    detail = serializers.CharField(required=False)
    errors = FieldErrorOut(many=True, required=False)  # type: ignore[assignment]  # a field, not what went wrong here
    result = serializers.DictField(required=False)


class SyncViewSet(ScopedViewSet[Quarantined]):
    """The phones' outbox empties here."""

    queryset = Quarantined.objects.all()
    serializer_class = AnswerOut
    pagination_class = None
    filter_backends = ()  # type: ignore[assignment]
    allows: ClassVar = {"sync": Permission.PHONE_SYNC}

    @extend_schema(
        description=described.of_sync(),
        request=EnvelopeIn(many=True),
        responses={200: AnswerOut(many=True)},
    )
    def sync(self, request: Request, **path: str) -> Response:
        """Take 1 to 100 envelopes; answer each on its own, in the order they were sent."""
        raws = read_batch(request)
        device = device_of(request.auth or request.session)
        return Response(Batch(raws, self.membership, device).answers())


def read_batch(request: Request) -> list[Any]:
    """The envelopes as they were sent, or one refusal of the whole."""
    request.body  # noqa: B018  # refuses here what is too big, before anybody reads it piece by piece
    try:
        raws = request.data
    except ParseError:
        raise Invalid({"envelopes": _("We could not read that as JSON.")}) from None
    if not isinstance(raws, list) or not 1 <= len(raws) <= MOST:
        raise Invalid({"envelopes": _("Send a list of 1 to 100 envelopes.")})
    for place, raw in enumerate(raws):
        if is_deep(raw):
            raise Invalid({f"envelopes.{place}": _("That is nested too deep.")})
    return raws


def is_deep(raw: Any) -> bool:
    """Whether something is nested deeper than anything of ours: what we could read we may not be
    able to write down again."""
    level = [raw]
    for _depth in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            return False
    return True


def _inside(value: Any) -> Iterator[Any]:
    """The lists and objects directly in this one."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return (one for one in inner if isinstance(one, dict | list))


class Batch:
    """The envelopes of one request, with what they have in common."""

    def __init__(self, raws: list[Any], by: Membership, device: UUID | None) -> None:
        self.raws, self.by, self.device = raws, by, device
        self.rows, self.began_at = Rows(by), timezone.now()
        self.offsets: dict[UUID, timedelta] = {}
        self.found: list[Answer] = [{} for _ in raws]

    def answers(self) -> list[Answer]:
        """Do what was asked, device by device in the order of its own numbers."""
        read = [(place, self._read(place)) for place in range(len(self.raws))]
        whole = [(place, envelope) for place, envelope in read if envelope is not None]
        for run in runs(in_order(whole)):
            self._take_all(run, timezone.now())
        if self.offsets:
            clocks.note(offsets=self.offsets.items(), by=self.by, at=self.began_at)
        return [self._echo(raw) | answer for raw, answer in zip(self.raws, self.found, strict=True)]

    def _read(self, place: int) -> Envelope | None:
        """One envelope, or none where it is not whole: that one is answered at once."""
        raw = self.raws[place]
        try:
            return at_a_glance(raw) or Envelope(**self.rows.read(EnvelopeIn, raw))
        except ValidationError as problem:
            self.found[place] = envelopes.unreadable(raw=raw, by=self.by, at=self.began_at, problem=problem)
            return None

    def _take_all(self, run: Sequence[tuple[int, Envelope]], at: datetime) -> None:
        """Take envelopes of one kind together if that is possible, else one after the other."""
        letters = [envelope for _place, envelope in run]
        common: Any = {"by": self.by, "device": self.device, "rows": self.rows}
        answers = envelopes.take_together(envelopes=letters, at=at, **common)
        for number, (place, envelope) in enumerate(run):
            now = at if answers else timezone.now()
            self.found[place] = (
                answers[number]
                if answers
                else envelopes.take(envelope=envelope, raw=self.raws[place], at=now, **common)
            )
            if envelope.kind in OPEN:
                self.offsets[envelope.device_id] = envelope.offset(now)

    def _echo(self, raw: Any) -> Answer:
        """What tells the phone that it was us who answered, and about what."""
        key, payload = key_of(raw), raw.get("payload") if isinstance(raw, dict) else None
        return {"id": str(key) if key else None, "sha256": digest_of(payload)}


def in_order(whole: list[tuple[int, Envelope]]) -> list[tuple[int, Envelope]]:
    """Each device's envelopes by their number, however the batch was shuffled."""
    first: dict[UUID, int] = {}
    for place, envelope in whole:
        first.setdefault(envelope.device_id, place)
    return sorted(whole, key=lambda one: (first[one[1].device_id], one[1].seq, one[0]))


def runs(ordered: list[tuple[int, Envelope]]) -> Iterator[list[tuple[int, Envelope]]]:
    """What stands next to each other and is of the same kind, in the order it stands."""
    for _kind, run in groupby(ordered, key=lambda one: (one[1].kind, one[1].schema_version)):
        yield list(run)
