"""Where the trail has got to, and what was done since.

The trail is read in the order of its seals. Ids and times are given out before commit, so a row that
committed late stands *behind* what was read already; a seal is only ever put on what is committed,
and sealers wait for each other, so nothing can ever appear before the last one read. What is
committed but not sealed yet is told too, early: it is told once more when its seal is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Membership
from audit.chain import ROOT
from audit.models import Entry, Seal
from phone.cursors import Mark

PAGE = 200
SHOWN = 16  # characters of a digest: enough to know a chain again
READINGS, TAKEN_BACK = ".read", ".taken_back"
NONE_YET = ROOT.digest[:SHOWN]


@dataclass
class Touched:
    """The rows that something was done to: ids by type, as the trail names them, from whom one was
    taken, and which were taken back after everybody could see them. Who only read something did
    nothing to it."""

    rows: dict[str, set[str]] = field(default_factory=dict)
    taken: dict[str, set[str]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def add(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if not entry.action.endswith(READINGS):
                self.rows.setdefault(entry.subject_type, set()).add(entry.subject_id)
                if entry.action.endswith(TAKEN_BACK):
                    self.hidden.add(entry.subject_id)
                self.taken.setdefault(entry.facts.get("taken_from", ""), set()).add(entry.subject_id)

    def of(self, subject_type: str) -> set[str]:
        return self.rows.get(subject_type, set())

    def taken_from(self, membership_id: UUID) -> set[str]:
        """Ids of rows that somebody else got."""
        return self.taken.get(str(membership_id), set())


@dataclass(frozen=True)
class Page:
    """What was done in an organization after a mark; `mark` is where the next page begins."""

    touched: Touched
    mark: Mark
    has_more: bool


def head(organization_id: UUID, now: datetime) -> Mark:
    """Where the trail is now."""
    last = Seal.objects.filter(organization_id=organization_id).order_by("-number").first()
    number, digest = (last.number, last.digest[:SHOWN]) if last else (0, NONE_YET)
    return Mark(number, digest, newest_seal(), now.timestamp())


def newest_seal() -> int:
    """The last seal of any chain. Sealers wait for each other: none will ever come below it."""
    return Seal.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def page_after(mark: Mark, member: Membership, now: datetime) -> Page | None:
    """The next page of what was done, or none if this chain does not hold the mark any more: the
    database was restored, or retention passed over it. Whoever asks must start again."""
    newest = newest_seal()
    seals = list(_seals(mark, member)[: PAGE + 2])
    if mark.number and not (seals and _is_at(seals[0], mark)):
        return None
    fresh = seals[1:] if mark.number else seals
    shown, has_more = fresh[:PAGE], len(fresh) > PAGE
    touched = Touched()
    touched.add(Entry.objects.filter(pk__in=[seal.entry_id for seal in shown]))
    last = shown[-1] if shown else None
    if not has_more:
        touched.add(_unsealed(member, last or (seals[0] if seals else None)))
    number, digest = (last.number, last.digest[:SHOWN]) if last else (mark.number, mark.digest)
    return Page(touched, Mark(number, digest, newest, now.timestamp()), has_more)


def _seals(mark: Mark, member: Membership) -> QuerySet[Seal]:
    """The mark's own seal first, which shows that the chain is still the same, then what came after."""
    chain = Seal.objects.filter(organization_id=member.organization_id)
    return chain.filter(number__gte=mark.number).order_by("number")


def _is_at(seal: Seal, mark: Mark) -> bool:
    return (seal.number, seal.digest[:SHOWN]) == (mark.number, mark.digest)


def _unsealed(member: Membership, last: Seal | None) -> QuerySet[Entry]:
    """What stands after the last seal, by its id: nearly always all that waits for one. The rest is
    late, and comes with its seal."""
    ours = Entry.objects.filter(organization_id=member.organization_id)
    waiting = ours.filter(~Exists(Seal.objects.filter(entry_id=OuterRef("pk"))))
    return waiting.filter(pk__gt=last.entry_id if last else 0).order_by("pk")[:PAGE]
