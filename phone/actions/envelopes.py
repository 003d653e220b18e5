"""An envelope becomes what its verb makes of it, once, or is answered why not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.utils.translation import gettext as _
from rest_framework.serializers import ValidationError

from accounts.models import Membership
from accounts.receipts import CREATED, Answer, NotAllNew, all_once, once
from phone.actions import quarantine
from phone.envelopes import Envelope
from phone.kinds import KINDS, NAMES, Kind, Rows, Sent
from rules.problems import body_of, flatten, legible
from rules.refusals import Conflict, Decided, Gone, Invalid, NotAllowed, Refusal

BROKEN, UNREADABLE = 500, 422
MOST_ERRORS, LONGEST_NAME = 20, 80

log = structlog.get_logger(__name__)


def take(
    *, envelope: Envelope, raw: object, by: Membership, device: UUID | None, rows: Rows, at: datetime
) -> Answer:
    """Hand one envelope to the verb of its kind, in a transaction of its own. Never raises: whatever
    goes wrong with it is its own answer, and the rest of the batch goes on."""
    kind = KINDS.get((envelope.kind, envelope.schema_version))
    try:
        if device is not None and envelope.device_id != device:
            raise NotAllowed(_("This was captured on another phone."), code="other_device")
        if kind is None:
            raise Unknown(envelope)
        return _written(envelope, kind, by, rows, at)
    except (Invalid, ValidationError) as problem:
        return unreadable(raw=raw, by=by, at=at, problem=problem)
    except Decided as refusal:
        quarantine.keep(raw=raw, by=by, at=at, code=refusal.code)
        return body_of(refusal) | {"is_kept": True}
    except Refusal as refusal:
        return _refused(refusal)
    except Exception as trouble:  # ours, not the sender's: it may come again
        log.exception("envelope_broken", kind=type(trouble).__name__)
        return {
            "status": BROKEN,
            "is_kept": False,
            "code": "broken",
            "detail": _("Something broke on our side."),
        }


class Unknown(Invalid):
    """A kind or version that this server does not know (yet)."""

    def __init__(self, envelope: Envelope) -> None:
        field = "schema_version" if envelope.kind in NAMES else "kind"
        super().__init__({field: _("This is not known here. It was kept.")})
        self.code = f"unknown_{field.removeprefix('schema_')}"  # type: ignore[misc]


def _written(envelope: Envelope, kind: Kind, by: Membership, rows: Rows, at: datetime) -> Answer:
    sent = Sent(envelope.id, by, at, envelope.happened_at(at), envelope.offset(at), rows)
    status, result = once(
        key=envelope.id,
        kind=kind.receipt,
        body=envelope.body,
        by=kind.author(sent, envelope.payload),
        do=lambda: kind.do(sent, envelope.payload),
    )
    return {"status": status, "is_kept": True, "result": result}


def take_together(
    *, envelopes: Sequence[Envelope], by: Membership, device: UUID | None, rows: Rows, at: datetime
) -> list[Answer] | None:
    """Hand several envelopes of one kind to its verb in one transaction. All of it is done, or nothing
    is and the answer is None: then each is to be taken alone, and answered for itself."""
    kind = KINDS.get((envelopes[0].kind, envelopes[0].schema_version))
    do = kind.together() if kind and len(envelopes) > 1 else None
    if kind is None or do is None or (device and any(one.device_id != device for one in envelopes)):
        return None
    letters = [
        (Sent(one.id, by, at, one.happened_at(at), one.offset(at), rows), one.payload) for one in envelopes
    ]
    try:
        results = all_once(
            kind=kind.receipt,
            bodies=[(one.id, one.body) for one in envelopes],
            by=rows.author,
            do=lambda: do([(sent, kind.read(sent, payload)[1]) for sent, payload in letters]),
        )
    except (NotAllNew, Refusal, ValidationError):
        return None
    except Exception as trouble:  # taken alone, the one that breaks is found, and the others are done
        log.warning("envelopes_taken_apart", kind=type(trouble).__name__)
        return None
    return [{"status": CREATED, "is_kept": True, "result": result} for result in results]


def unreadable(*, raw: object, by: Membership, at: datetime, problem: Invalid | ValidationError) -> Answer:
    """Keep what cannot become a row, and name the fields that stand in its way."""
    code = problem.code if isinstance(problem, Invalid) else Invalid.code
    quarantine.keep(raw=raw, by=by, at=at, code=code)
    answer = {"status": UNREADABLE, "is_kept": True, "code": code, "detail": str(Invalid.sentence)}
    return answer | {"errors": errors_of(problem)}


def errors_of(problem: Invalid | ValidationError) -> list[dict[str, Any]]:
    """Field and sentence of what is wrong, a page of it at most: names may be the sender's own."""
    if isinstance(problem, Invalid):
        pairs = [(field, str(sentence)) for field, sentence in problem.fields.items()]
    else:
        pairs = flatten(problem.detail)
    return [{"field": legible(field)[:LONGEST_NAME], "detail": text} for field, text in pairs[:MOST_ERRORS]]


def _refused(refusal: Refusal) -> Answer:
    """What a verb said no to. The phone keeps its copy, unless we have it too or it was erased."""
    is_kept = isinstance(refusal, Gone) or (isinstance(refusal, Conflict) and refusal.code == "id_reused")
    return body_of(refusal) | {"is_kept": is_kept}
