"""Reading the trail: what waits for its seal, and whether the chains still hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.db.models import Exists, Max, OuterRef

from audit.chain import ROOT, Link, digest
from audit.models import Entry, Seal, TrailQuerySet

# How many ids behind the newest seal a tick still looks for entries that committed late.
LATE = 100_000
CHUNK = 500


@dataclass(frozen=True)
class Break:
    """One thing wrong with one chain: `what` is a stable code, `number` the seal it shows at."""

    organization_id: UUID
    number: int
    what: str


def unsealed(*, everything: bool) -> TrailQuerySet:
    """Committed entries without a seal, oldest first.

    Ids are given out before commit, so an entry can appear below one that is already sealed:
    the query asks which have no seal, not which are newer. To stay cheap on a long trail it
    starts `LATE` ids behind the newest seal, unless told to look at everything.
    """
    rows = Entry.objects.filter(~Exists(Seal.objects.filter(entry_id=OuterRef("pk")))).order_by("pk")
    newest = None if everything else Seal.objects.aggregate(id=Max("entry_id"))["id"]
    return rows if newest is None else rows.filter(pk__gt=newest - LATE)


def last_link(organization_id: UUID) -> Link:
    """Where this chain has got to."""
    last = Seal.objects.filter(organization_id=organization_id).order_by("-number").first()
    return ROOT if last is None else Link(last.number, last.digest)


def chains() -> list[UUID]:
    """Every organization that has a chain; the nil UUID is the installation's."""
    found = Seal.objects.order_by("organization_id").values_list("organization_id", flat=True)
    return list(found.distinct())


def breaks(organization_id: UUID, heads: Sequence[Link] = ()) -> Iterator[Break]:
    """Walk one chain from its first seal and name all that does not hold.

    `heads` are links noted earlier somewhere else: only against them does a cut tail show.
    """
    last, noted = ROOT, {head.number: head.digest for head in heads}
    for seal, entry in _walk(organization_id):
        what = _fault(seal, entry, last)
        if what:
            yield Break(organization_id, seal.number, what)
        if noted.pop(seal.number, seal.digest) != seal.digest:
            yield Break(organization_id, seal.number, "other_head")
        last = Link(seal.number, seal.digest)
    yield from (
        Break(organization_id, number, "cut_tail") for number in sorted(noted) if number > last.number
    )


def _walk(organization_id: UUID) -> Iterator[tuple[Seal, Entry | None]]:
    seals = Seal.objects.filter(organization_id=organization_id).order_by("number").iterator(CHUNK)
    while chunk := list(islice(seals, CHUNK)):
        entries = Entry.objects.in_bulk([seal.entry_id for seal in chunk])
        yield from ((seal, entries.get(seal.entry_id)) for seal in chunk)


def _fault(seal: Seal, entry: Entry | None, last: Link) -> str:
    """What is wrong at this seal; after a gap its digest cannot be told, so the gap is named."""
    if entry is None:
        return "missing_entry"
    if seal.number != last.number + 1:
        return "missing_seal"
    if entry.chain != seal.organization_id or digest(entry, last) != seal.digest:
        return "changed_entry"
    return ""
