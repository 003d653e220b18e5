"""What a phone may send: each kind and version names the shape of its payload and the verb it is for."""

from phone.kinds import notices, patrols
from phone.kinds.kind import Kind, Rows, Sent, Step

KINDS: dict[tuple[str, int], Kind] = {
    (kind.name, kind.version): kind for kind in (*patrols.KINDS, *notices.KINDS)
}
NAMES = {name for name, _ in KINDS}

__all__ = ["KINDS", "NAMES", "Kind", "Rows", "Sent", "Step"]
