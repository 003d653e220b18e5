"""Writing the trail. Call `record` inside the verb's transaction: both happen or neither."""

from typing import Any, Protocol
from uuid import UUID

from django.db import models

from audit.models import Entry


class Identified(Protocol):
    """Whoever acts: the id that goes on record."""

    @property
    def audit_id(self) -> str: ...


def record(
    *,
    action: str,
    subject: models.Model,
    by: Identified,
    organization_id: UUID | None = None,
    **facts: Any,
) -> None:
    """Append one line: ids and codes only, never names or free text.

    The line belongs to the organization that owns the subject, unless told otherwise.
    """
    Entry.objects.create(
        action=action,
        subject_type=subject._meta.label,
        subject_id=str(subject.pk),
        organization_id=organization_id or getattr(subject, "organization_id", None),
        actor=by.audit_id,
        facts=facts,
    )
