"""Whoever does something: a member, the public, or one of our own jobs. Verbs take one of these."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from accounts import blind
from accounts.roles import Permission
from rules.refusals import NotAllowed, NotFound

if TYPE_CHECKING:
    from accounts.models import Membership


class Owned(Protocol):
    """A row that belongs to an organization."""

    @property
    def organization_id(self) -> UUID: ...


class Actor(Protocol):
    """Has a name for the record and answers for what it may do."""

    @property
    def audit_id(self) -> str: ...

    def require(self, permission: Permission, *rows: object) -> None:
        """Refuse unless the actor may do this to every one of the rows the verb touches."""


def require_owned(organization_id: UUID, ubigeo: str, rows: Iterable[object]) -> None:
    """Refuse with 404 if any row is another organization's, or of another district.

    Nothing can be borrowed: a verb names every row it touches. Rows of the territory carry a
    `ubigeo` instead of an organization. A row with neither is a mistake of the caller.
    """
    for row in rows:
        owner = getattr(row, "organization_id", None)
        place = getattr(row, "ubigeo", None)
        if owner is None and place is None:
            raise TypeError(f"{type(row).__name__} has no owner to check")
        if (owner is not None and owner != organization_id) or (owner is None and place != ubigeo):
            raise NotFound


@dataclass(frozen=True)
class BlindActor:
    """A member who must not be known by what they did to this one row: the record gets a tag.

    Asked what they may do, they are the member they are. The tag is another one for each row, so
    that it says "the same as before" of one row and joins no two of them.
    """

    membership: "Membership"
    about: UUID

    @property
    def audit_id(self) -> str:
        return f"tag:{blind.tag('actor', f'{self.membership.pk}:{self.about}')[:48]}"

    def require(self, permission: Permission, *rows: object) -> None:
        self.membership.require(permission, *rows)


@dataclass(frozen=True)
class PublicActor:
    """Somebody without an account, at one of the few doors open to all."""

    kind: str

    @property
    def audit_id(self) -> str:
        return f"public:{self.kind}"

    def require(self, permission: Permission, *rows: object) -> None:
        if permission not in PUBLIC.get(self.kind, frozenset()):
            raise NotAllowed


@dataclass(frozen=True)
class SystemActor:
    """One of our own jobs. Each may do only what its line in `JOBS` says."""

    job: str

    @property
    def audit_id(self) -> str:
        return f"job:{self.job}"

    def require(self, permission: Permission, *rows: object) -> None:
        if permission not in JOBS.get(self.job, frozenset()):
            raise NotAllowed


# Filled by the first public door that writes: kind -> what it may do.
PUBLIC: dict[str, frozenset[Permission]] = {}

JOBS: dict[str, frozenset[Permission]] = {
    # passes a freed place on when an offer runs out
    "offers": frozenset({Permission.SHIFT_SIGN_UP}),
    # closes requests to come along that nobody needs to answer any more
    "requests": frozenset({Permission.SHIFT_SIGN_UP}),
    # closes swaps nobody answered, or whose place is gone
    "swaps": frozenset({Permission.SHIFT_SIGN_UP}),
    # frees what members who left still hold
    "release": frozenset({Permission.SHIFT_SIGN_UP}),
    # writes the nights of recurring shifts ahead
    "series": frozenset({Permission.SHIFT_PLAN}),
    # holds nights that lack people, and lets them go again
    "crew": frozenset({Permission.PATROL_RUN}),
    # closes patrols nobody ended
    "forgotten": frozenset({Permission.PATROL_RUN}),
    # notes that nobody went out for a shift that is over
    "missed": frozenset({Permission.PATROL_RUN}),
    # notices that a crew is silent, and tells who must know
    "safety": frozenset({Permission.SAFETY_WATCH}),
    # lets go of where people walked, after thirty days
    "retention": frozenset({Permission.TRACK_FORGET}),
    # tells whoever reported that their desk did something
    "news": frozenset({Permission.REPORT_NEWS}),
    # notes that a young person's consent ran out
    "consents": frozenset({Permission.PARTICIPANT_REGISTER}),
    # lets go of appointments nobody confirmed in time
    "appointments": frozenset({Permission.APPOINTMENTS_LAPSE}),
    # clears away sessions that ended
    "sessions": frozenset({Permission.SESSIONS_SWEEP}),
    # counts a month of open figures, once
    "figures": frozenset({Permission.FIGURES_PUBLISH}),
    # sets up an installation, a demo, an organization's first members
    "operator": frozenset(Permission),
}
