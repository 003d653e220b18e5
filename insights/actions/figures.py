"""Publishing the open figures of a month, once."""

from datetime import date, datetime

from django.db import transaction

from accounts.actors import SystemActor
from accounts.roles import Permission
from audit import actions as audit
from insights.models import Figure, Release
from insights.queries import figures
from places.models import District


@transaction.atomic
def publish(*, by: SystemActor, at: datetime) -> list[Release]:
    """Count every month that is over since a week. What was counted before stays as it is."""
    by.require(Permission.FIGURES_PUBLISH)
    released = [_release(month, by, at) for month in figures.months_due(at)]
    return [release for release in released if release is not None]


def _release(month: date, by: SystemActor, at: datetime) -> Release | None:
    """The insert decides who counts when two clocks ring at once."""
    release = Release(month=month, counted_at=at)
    Release.objects.bulk_create([release], ignore_conflicts=True)
    if not Release.objects.filter(pk=release.pk).exists():
        return None
    told = figures.told_in(month)
    known = District.objects.in_bulk(told)
    Figure.objects.bulk_create(
        Figure(release=release, district_id=ubigeo, group_id=group or None, count=count)
        for ubigeo, counts in told.items()
        if ubigeo in known
        for group, count in counts.items()
    )
    audit.record(action="figures.published", subject=release, by=by)
    return release
