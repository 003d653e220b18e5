"""What the way to the first patrol adds to the walk: the words of its addresses, and its rows."""

from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from patrols.models import Voucher
from tests import factories

KEYS: dict[str, str] = {"trainings": "training", "vouchers": "voucher", "newcomers": "newcomer"}
WAY = {"id", "alias", "status", "missing", "rungs", "walks_left"}
SHAPES: dict[str, set[str]] = {
    "patrols-api:newcomer-list": WAY,
    "patrols-api:newcomer-detail": WAY,
    "patrols-api:joining": WAY | {"word"},
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """A newcomer of the board for whom the member answered, and who was trained already."""
    roles = frozenset({factories.Role.VOLUNTEER})
    newcomer = factories.MembershipFactory(organization=owner, roles=roles, joining_row=False)
    ours = {"membership": newcomer, "organization": owner}
    joining = factories.JoiningFactory(status="invited", approved_at=None, **ours)
    return {
        "newcomer": newcomer,
        "training": factories.QualificationFactory(**ours),
        "voucher": Voucher.objects.create(
            joining=joining, by=member, organization=owner, given_at=timezone.now()
        ),
    }
