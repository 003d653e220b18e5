"""What a phone may send: each kind and version names the shape of its payload and the verb it is for."""

from phone.kinds import handovers, incidents, notices, patrols, programs, safety, swaps, tracks, visits
from phone.kinds.kind import Kind, Rows, Sent, Step

ALL = (
    *patrols.KINDS,
    *incidents.KINDS,
    *programs.KINDS,
    *notices.KINDS,
    *safety.KINDS,
    *visits.KINDS,
    *handovers.KINDS,
    *tracks.KINDS,
    *swaps.KINDS,
)
KINDS: dict[tuple[str, int], Kind] = {(kind.name, kind.version): kind for kind in ALL}
NAMES = {kind.name for kind in ALL}
OPEN = {name for name in NAMES if not any(kind.veil for kind in ALL if kind.name == name)}

__all__ = ["KINDS", "NAMES", "OPEN", "Kind", "Rows", "Sent", "Step"]
