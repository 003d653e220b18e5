"""What patrols tell people: to whom, while it is true, in which words.

No name and no place is ever in a message: it says when, and that Ronda knows the rest.
"""

from notifications.kinds import Kind
from patrols.notices import asking, attendance, equipment, joining, safety, shifts, suspensions, swaps

KINDS: list[Kind] = [
    *shifts.KINDS,
    *asking.KINDS,
    *safety.KINDS,
    *suspensions.KINDS,
    *swaps.KINDS,
    *joining.KINDS,
    *equipment.KINDS,
    *attendance.KINDS,
]
