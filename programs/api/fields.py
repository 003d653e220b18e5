"""What this room's resources send and take: rows found by their keys, and how they are shown."""

from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from accounts.models import Membership
from accounts.resources import Words
from rules.fields import EARLIEST, LATEST
from rules.refusals import Invalid

Row = TypeVar("Row", bound=Model)


def found(model: type[Row], words: Words, field: str, member: Membership) -> Row:
    """The row whose key was sent in `field`, if this member may see it."""
    visible = model._default_manager.all().visible_to(member)  # type: ignore[attr-defined]
    row: Row | None = visible.filter(pk=words.pop(field)).first()
    if row is None:
        raise Invalid({field: _("There is no such row here.")})
    return row


def with_facilitator(words: Words, member: Membership) -> Words:
    """Turn the key of whoever leads into the member of the same organization."""
    if "facilitator" not in words:
        return words
    key: UUID = words["facilitator"]
    leader = Membership.objects.filter(organization_id=member.organization_id, pk=key).first()
    if leader is None:
        raise Invalid({"facilitator": _("There is nobody like that in your organization.")})
    return words | {"facilitator": leader}


class SpanFilter(filters.FilterSet):
    """Which sessions, by their start."""

    to = filters.IsoDateTimeFilter("starts_at", "lt")

    @classmethod
    def get_filters(cls) -> Any:
        # `from` is no name Python lets a class body use.
        return {"from": filters.IsoDateTimeFilter("starts_at", "gte"), **super().get_filters()}

    def filter_queryset(self, queryset: Any) -> Any:
        for name in ("from", "to"):
            moment: datetime | None = self.form.cleaned_data[name]
            if moment is not None and not EARLIEST <= moment <= LATEST:
                raise Invalid({name: _("That date is out of range.")})
        return super().filter_queryset(queryset)
