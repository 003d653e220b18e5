"""People, and the organizations they act for."""

import secrets
import uuid
from datetime import date, datetime
from functools import cached_property, reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from accounts.actors import require_owned
from accounts.fields import RolesField
from accounts.roles import GIVES, GRANTS, STAFF_ROLES, Permission, Role
from accounts.scoping import ScopedModel, ScopedQuerySet
from rules.refusals import NotAllowed, SecondFactorNeeded

# Without vowels and look-alikes: read aloud over a bad line, it stays what it was.
CODE_ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """Draw 8 characters that say nothing about what they stand for."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(8))


class UserManager(BaseUserManager["User"]):
    """Finds people by their user name."""

    def create_user(self, username: str | None, **fields: Any) -> "User":
        """Write a person; without a password they can sign in only by device and PIN."""
        password = fields.pop("password", None)
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who can sign in. What they may do lives on Membership. No e-mail is needed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # NULL, not '', for people without one: only NULLs may repeat in a unique column.
    username = models.CharField(max_length=60, unique=True, null=True)  # noqa: DJ001
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    full_name = models.CharField(max_length=120)
    language = models.CharField(max_length=5, default="es")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    # What a session's lookup found along with the person, for this one request.
    found_as: "list[Membership] | None" = None

    def __str__(self) -> str:
        return str(self.pk)  # never a name: this string reaches logs

    @property
    def acts_as(self) -> list["Membership"]:
        """The organizations this person acts for now."""
        if self.found_as is not None:
            return self.found_as
        return list(Membership.objects.acting().filter(user_id=self.pk, left_on=None))


class OrganizationKind(models.TextChoices):
    """What an organization is."""

    MUNICIPALITY = "municipality"
    BOARD = "board"
    NGO = "ngo"
    INSTALLATION = "installation"


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, membership: "Membership") -> "OrganizationQuerySet":
        """The member's own organization."""
        return self.filter(pk=membership.organization_id)


class Organization(models.Model):
    """A board, municipality or NGO, and the boundary no data crosses."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=8, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=12, choices=OrganizationKind)
    name = models.CharField(max_length=120)
    ubigeo = models.CharField(max_length=6, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganizationKind.values), name="organization_kind_known"
            ),
            models.UniqueConstraint(
                fields=["ubigeo"],
                condition=Q(kind="municipality"),
                name="organization_one_municipality_per_district",
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="installation"),
                name="organization_one_installation",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["board", "municipality"]) | ~Q(ubigeo=""),
                name="organization_of_a_place_names_it",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def organization_id(self) -> uuid.UUID:
        """An organization is its own owner."""
        return self.pk


def second_factors(user_id: Any) -> models.QuerySet[Any]:
    """The authenticator apps of one person (or of an OuterRef)."""
    from allauth.mfa.models import Authenticator  # it imports our User: not at the top

    totp: models.QuerySet[Any] = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.TOTP)
    return totp


class MembershipQuerySet(ScopedQuerySet["Membership"]):
    def acting(self) -> "MembershipQuerySet":
        """Load whoever is about to act with the person and the organization, in one query."""
        return self.select_related("user", "organization")

    def active(self) -> "MembershipQuerySet":
        """Members who have not left."""
        return self.filter(left_on=None, user__is_active=True)

    def with_role(self, role: Role) -> "MembershipQuerySet":
        """Members who hold this role, among others."""
        return self.filter(_holds(role))

    def with_permission(self, permission: Permission) -> "MembershipQuerySet":
        """Active members whose roles grant this. A missing second step is not asked."""
        granting = [role for role, granted in GRANTS.items() if permission in granted]
        return self.active().filter(reduce(or_, map(_holds, granting), Q(pk__in=[])))


def _holds(role: Role) -> Q:
    return Q(roles__contains=f"|{role.value}|")


class Membership(ScopedModel):
    """A person acting for one organization. Verbs take a Membership, never a bare User."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="memberships")
    roles: Any = RolesField()
    alias = models.CharField(max_length=40)
    joined_on = models.DateField(default=date.today)
    left_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    # Since when this request may show what they themselves reported; none: all of it. On a phone, since it
    # was enrolled: a coordinator hands out the codes, and must not read what others sent (decision 0027).
    reads_since: datetime | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization"], name="membership_once"),
            models.UniqueConstraint(
                fields=["organization", "alias"], name="membership_alias_once_per_organization"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def audit_id(self) -> str:
        return f"member:{self.pk}"

    @property
    def ubigeo(self) -> str:
        return self.organization.ubigeo

    @property
    def is_staff(self) -> bool:
        """Staff sign in with a password and a second factor; volunteers with device and PIN."""
        return bool(self.roles & STAFF_ROLES)

    @property
    def role_names(self) -> list[str]:
        """The roles as the screen calls them, in the order of the table."""
        return [str(role.label) for role in Role if role in self.roles]

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether the person has a TOTP app enrolled. Asked of staff alone: most requests are not theirs."""
        return second_factors(self.user_id).exists()

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """What this member may do now. Staff without a second factor may do nothing."""
        from django.conf import settings

        if self.left_on is not None:
            return frozenset()
        if self.is_staff and settings.SECOND_FACTOR_REQUIRED and not self.has_second_factor:
            return frozenset()
        return frozenset().union(*(GRANTS[role] for role in self.roles))

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    @property
    def gives(self) -> frozenset[Role]:
        """The roles this member may hand to others, or take from them."""
        return frozenset().union(*(GIVES.get(role, frozenset()) for role in self.roles))

    def require(self, permission: Permission, *rows: object) -> None:
        """Refuse unless we may, and every row the verb touches is ours or of our district."""
        if not self.may(permission):
            if self.is_staff and not self.permissions and self.left_on is None:
                raise SecondFactorNeeded
            raise NotAllowed
        require_owned(self.organization_id, self.ubigeo, rows)
