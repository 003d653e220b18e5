"""Writing once, however often a phone sends. The insert of the receipt decides every race.

An API create passes its client UUID, its kind, the raw bytes of the body and the verb; `once`
answers the status and the JSON that was, or now is, the result.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts import blind
from accounts.models import Membership, Receipt, ReceiptConflict
from rules.refusals import Conflict, Gone
from rules.statements import KEY, Slot, Statement, Update, insert, insert_all

Answer = dict[str, Any]
Verb = TypeVar("Verb", bound=Callable[..., Any])
CREATED, REPLAYED = 201, 200


@dataclass(frozen=True)
class Author:
    """Whose write it is, as far as a receipt may know: a blind tag, and where the receipt is kept."""

    organization_id: UUID
    tag: str


def author_tag(membership: Membership) -> str:
    """A name for an author that nobody can turn back into a person without the tag key."""
    return blind.tag("author", str(membership.pk))


def veiled(membership: Membership, *, key: UUID, kept_by: UUID) -> Author:
    """A member whose write must not be joined to their other ones: a tag for this key alone, and a
    receipt kept by the organization that gets what was written, not by the author's own."""
    return Author(kept_by, blind.tag("veiled author", f"{membership.pk}:{key}"))


def once(
    *,
    key: UUID | None,
    kind: str,
    body: bytes,
    by: Membership | Author,
    do: Callable[[], Answer],
    foreseen: Answer | None = None,
    keeps: bool = True,
) -> tuple[int, Answer]:
    """Run `do` the first time this key comes (201); after that give the stored answer (200).

    `do` returns JSON-ready values and runs in the receipt's transaction: both happen or neither.
    Without a key it simply runs. Raises Conflict `id_reused` for the same key with another body, kind
    or author (never saying which), and Gone for what was erased. A second body is kept sealed for a
    person to look at; with `keeps=False`, for what is too big to keep twice, its digest alone.
    `foreseen` is what `do` will most likely answer: kept at once, it need not be written afterwards.
    """
    author = by if isinstance(by, Author) else Author(by.organization_id, author_tag(by))
    if key is None:
        with transaction.atomic():
            return CREATED, do()
    digest = hashlib.sha256(body).hexdigest()
    with transaction.atomic():
        if _take(_receipt(key, kind, digest, author, foreseen)):
            return CREATED, _finish(key, do(), foreseen)
        receipt = Receipt.objects.select_for_update().get(pk=key)
        same_author = hmac.compare_digest(receipt.author_tag, author.tag)
        erased = same_author and receipt.erased_at is not None
        reused = not erased and not (same_author and (receipt.kind, receipt.digest) == (kind, digest))
        if reused:
            _keep(receipt, kind=kind, digest=digest, body=body if keeps else None, by=author)
    # Refused outside the block: what is kept for review must outlive the refusal.
    if erased:
        raise Gone
    refuse_used(is_used=reused)
    return REPLAYED, receipt.answer


def within_receipt(verb: Verb) -> Verb:
    """A verb without a savepoint of its own: called by `do`, it runs in its receipt's transaction, and
    a refusal ends both."""
    bare: Verb = verb.__wrapped__  # type: ignore[attr-defined]
    return bare


class NotAllNew(Exception):
    """Not every one of these writes comes for the first time."""


def all_once(
    *, kind: str, bodies: Sequence[tuple[UUID, bytes]], by: Author, do: Callable[[], list[Answer]]
) -> list[Answer]:
    """Run `do` for many new keys of one kind and author in one transaction; it answers in their order.

    As `once`, or not at all: raises NotAllNew, and nothing has happened, if any of the keys is known.
    Whoever calls then takes them one by one.
    """
    keys = sorted(bodies)  # so that two batches which hold the same ones wait for each other in turn
    with transaction.atomic():
        ours = [_receipt(key, kind, hashlib.sha256(body).hexdigest(), by) for key, body in keys]
        if insert_all(ours, unless_there=True) < len(ours):
            raise NotAllNew
        answers = do()
        told = zip(bodies, answers, strict=True)
        _ANSWER.each({"key": key, "answer": answer} for (key, _body), answer in told)
    return answers


def forget(*, keys: Iterable[UUID], at: datetime) -> int:
    """Empty the receipts of erased rows. Sent again, they are answered with `gone`."""
    return Receipt.objects.filter(pk__in=keys, erased_at=None).update(erased_at=at, answer=None)


def _take(ours: Receipt) -> bool:
    """Insert the receipt, and say whether we were first. PostgreSQL waits here for a rival's end."""
    # Not an IntegrityError to catch: on PostgreSQL that would poison the transaction.
    return insert(ours, unless_there=True)


def _receipt(key: UUID, kind: str, digest: str, by: Author, answer: Answer | None = None) -> Receipt:
    told = {} if answer is None else {"status": CREATED, "answer": answer}
    return Receipt(
        id=key, organization_id=by.organization_id, kind=kind, author_tag=by.tag, digest=digest, **told
    )


_ANSWER = Update(
    lambda: (
        Receipt.objects.filter(pk=Slot("key", KEY)),
        {"status": CREATED, "answer": Slot("answer", models.JSONField())},
    )
)


def _finish(key: UUID, answer: Answer, foreseen: Answer | None) -> Answer:
    if answer != foreseen:
        _ANSWER(key=key, answer=answer)
    return answer


def _keep(receipt: Receipt, *, kind: str, digest: str, body: bytes | None, by: Author) -> None:
    """Put the second body aside, once, for a person to compare with what the first one made.

    What it was about, and whose it is, lies in the seal alone: beside the number of a report, a patrol
    or a board would say who was there.
    """
    conflict = ReceiptConflict(
        organization_id=receipt.organization_id,
        receipt=receipt,
        kind=kind.partition(":")[0],
        # Another tag for each key: who used one number twice must not be found by their other writes.
        author_tag=blind.tag("conflict", f"{by.tag}:{receipt.pk}"),
        digest=digest,
        # Latin-1 keeps every byte: a body need not be text to be worth looking at.
        body=None if body is None else body.decode("latin-1"),
    )
    ReceiptConflict.objects.bulk_create([conflict], ignore_conflicts=True)


def check_unused(model: type[models.Model], key: UUID | None) -> None:
    """Refuse a key the client chose if a row already has it."""
    refuse_used(is_used=key is not None and bool(_having(model)(key=key)))


@cache
def _having(model: type[models.Model]) -> Statement[UUID]:
    rows: Any = model._default_manager
    return Statement(lambda: rows.filter(pk=Slot("key", KEY)).values_list("pk", flat=True))


def refuse_used(*, is_used: bool) -> None:
    """Refuse a key that stands for something else."""
    if is_used:
        raise Conflict(_("Something else was already sent under this number."), code="id_reused")
