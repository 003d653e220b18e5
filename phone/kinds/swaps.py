"""Swapping a night with a fellow member."""

from collections.abc import Callable

from accounts.doors import StrictSerializer
from accounts.models import Membership
from accounts.receipts import Answer
from patrols.actions import swaps
from patrols.models import Shift, Swap
from phone.envelopes import KeyField
from phone.kinds.kind import Kind, Sent, Words, one


class AskIn(StrictSerializer):
    """Whose place on which night, and the night one would take for it, if any."""

    shift = KeyField()
    member = KeyField()
    wanted = KeyField(required=False, allow_null=True)


class SwapIn(StrictSerializer):
    """Which swap."""

    swap = KeyField()


def stands(swap: Swap) -> Answer:
    """What became of it."""
    return {"swap": str(swap.pk), "status": swap.status, "version": swap.version}


def ask(sent: Sent, words: Words) -> Answer:
    """Ask a fellow member; the envelope's key is the swap's."""
    members = Membership.objects.acting()
    wanted = words.get("wanted")
    swap = swaps.ask(
        shift=sent.rows.find(Shift.objects.all(), pk=words["shift"]),
        fellow=sent.rows.find(members, pk=words["member"]),
        wanted=sent.rows.find(Shift.objects.all(), pk=wanted) if wanted else None,
        by=sent.by,
        at=sent.at,
        swap_id=sent.id,
    )
    return stands(swap)


def answer(verb: Callable[..., Swap]) -> Callable[[Sent, Words], Answer]:
    """What one says about a swap one is part of."""

    def do(sent: Sent, words: Words) -> Answer:
        swap = sent.rows.find(Swap.objects.all(), pk=words["swap"])
        return stands(verb(swap=swap, by=sent.by, at=sent.at))

    return do


KINDS = (
    Kind("swap.asked", 1, one(AskIn, ask)),
    Kind("swap.accepted", 1, one(SwapIn, answer(swaps.accept))),
    Kind("swap.declined", 1, one(SwapIn, answer(swaps.decline))),
    Kind("swap.cancelled", 1, one(SwapIn, answer(swaps.cancel))),
)
