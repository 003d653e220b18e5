"""Which lists still wait for somebody."""

from datetime import datetime

from django.db.models import QuerySet

from programs.models import Cohort, Session
from programs.states import ListStatus


def lists_that_wait(cohort: Cohort, at: datetime) -> QuerySet[Session]:
    """Sessions of a cohort that took place and whose list nobody handed in."""
    return Session.objects.filter(cohort_id=cohort.pk, status=ListStatus.OPEN, ends_at__lte=at)
