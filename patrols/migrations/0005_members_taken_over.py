"""Whoever goes out with a board already goes on: approved, and marked as taken over."""

from datetime import timedelta
from functools import reduce
from operator import or_

from django.db import migrations
from django.db.models import Q
from django.utils import timezone

PATROLLERS = ("volunteer", "patrol_leader", "coordinator")
TO_RENEW = timedelta(days=365)


def take_over(apps, schema_editor):
    """Write an approved joining for every member who patrols, and a year's training for leaders."""
    Membership = apps.get_model("accounts", "Membership")
    Joining = apps.get_model("patrols", "Joining")
    Qualification = apps.get_model("patrols", "Qualification")
    now = timezone.now()
    patrol = reduce(or_, (Q(roles__contains=f"|{role}|") for role in PATROLLERS))
    members = Membership.objects.filter(patrol)
    Joining.objects.bulk_create(
        (
            Joining(
                membership_id=pk,
                organization_id=board,
                status="approved",
                approved_at=now,
                is_taken_over=True,
            )
            for pk, board in members.values_list("pk", "organization_id").iterator()
        ),
        batch_size=1000,
    )
    leaders = members.filter(roles__contains="|patrol_leader|")
    Qualification.objects.bulk_create(
        (
            Qualification(
                membership_id=pk,
                organization_id=board,
                kind="patrol_leader",
                valid_from=min(joined_on, timezone.localdate(now)),
                valid_until=timezone.localdate(now + TO_RENEW),
                recorded_at=now,
            )
            for pk, board, joined_on in leaders.values_list("pk", "organization_id", "joined_on").iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [("patrols", "0004_joining")]
    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
