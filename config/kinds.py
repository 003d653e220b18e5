"""What the notice engine is handed: every kind of message there is, and how members are reached.

An app that has something to tell lists its kinds in its own room `notices.py`; name them here.
"""

from accounts import notices as accounts
from accounts.queries import contacts
from incidents import notices as incidents
from insights import notices as insights
from notifications.kinds import Directory, Kind
from patrols import notices as patrols
from programs import notices as programs

KINDS: tuple[Kind, ...] = (
    *patrols.KINDS,
    *programs.KINDS,
    *incidents.KINDS,
    *insights.KINDS,
    *accounts.KINDS,
)
URGENT: tuple[Kind, ...] = tuple(kind for kind in KINDS if kind.is_urgent)
DIRECTORY: Directory = contacts
