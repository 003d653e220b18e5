"""What surrounds an outing adds to the walk: a note that an earlier crew of the same sector left."""

from datetime import timedelta
from typing import Any

from accounts.models import Membership, Organization
from patrols.models import CrewMember
from tests import factories
from tests.patrols import factories_around

KEYS: dict[str, str] = {"handover-lines": "handover_line", "equipment": "equipment", "loans": "loan"}
LINE = {"id", "handover", "sector", "text", "status", "written_at", "resolved_at"}
SHAPES: dict[str, set[str]] = {
    "patrols-api:handover-line-list": LINE,
    "patrols-api:patrol-handover": LINE,
    "patrols-api:equipment-list": {
        *{"id", "kind", "label", "source", "condition"},
        *{"registered_at", "retired_at", "version"},
    },
    "patrols-api:loan-list": {
        *{"id", "item", "label", "patrol", "member"},
        *{"out_at", "in_at", "condition", "loss_reason"},
    },
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """The member walked with the crew that wrote it, and with the one that reads it."""
    ours = {"organization": owner}
    places = CrewMember.objects.filter(membership=member, patrol__organization=owner, patrol__status="closed")
    reads = places.order_by("patrol__started_at").last().patrol
    begins = reads.shift.starts_at - timedelta(days=1)
    shift = factories.ShiftFactory(sector=reads.shift.sector, starts_at=begins, status="closed", **ours)
    wrote = factories.PatrolFactory(
        shift=shift, status="closed", started_at=begins, ended_at=begins + timedelta(hours=2), **ours
    )
    factories.CrewMemberFactory(patrol=wrote, membership=member, **ours)
    note = factories_around.HandoverFactory(patrol=wrote, written_by=member, **ours)
    loan = factories_around.LoanFactory(patrol=reads, **ours)
    return {
        "handover": note,
        "handover_line": factories_around.HandoverItemFactory(handover=note, **ours),
        "equipment": loan.item,
        "loan": loan,
    }
