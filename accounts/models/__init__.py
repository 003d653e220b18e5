"""People, the organizations they act for, and the devices they act with."""

from accounts.models.appointments import Appointment, AppointmentQuerySet
from accounts.models.members import (
    CODE_ALPHABET,
    Membership,
    MembershipQuerySet,
    Organization,
    OrganizationKind,
    OrganizationQuerySet,
    User,
    UserManager,
    new_code,
    second_factors,
)
from accounts.models.phones import (
    Device,
    DeviceQuerySet,
    Invitation,
    InvitationQuerySet,
    Session,
)
from accounts.models.receipts import Receipt, ReceiptConflict

__all__ = [
    "CODE_ALPHABET",
    "Appointment",
    "AppointmentQuerySet",
    "Device",
    "DeviceQuerySet",
    "Invitation",
    "InvitationQuerySet",
    "Membership",
    "MembershipQuerySet",
    "Organization",
    "OrganizationKind",
    "OrganizationQuerySet",
    "Receipt",
    "ReceiptConflict",
    "Session",
    "User",
    "UserManager",
    "new_code",
    "second_factors",
]
