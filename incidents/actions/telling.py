"""What the verbs promise to tell. The planner derives the desk's promises again from the rows; the news
for whoever reported is told by a chore, which alone puts tags and members side by side, in memory."""

from datetime import datetime

from django.db import transaction

from accounts.actors import SystemActor
from accounts.roles import Permission
from incidents.models import Assignment, CitizenArrestReport, Report
from incidents.queries import promises, reporters
from incidents.states import URGENT
from notifications import actions as notifications

TO_THE_DESK = (promises.RECEIVED, promises.ASSIGNED)


def received(report: Report, at: datetime) -> None:
    """Tell the desk at once of what is grave."""
    if report.severity < URGENT:
        return  # most are not; asking the database costs as much as writing the report
    notifications.promise(list(promises.of_reception(Report.objects.filter(pk=report.pk), at)))


def assigned(assignment: Assignment, at: datetime) -> None:
    """Tell somebody that they hold a report now."""
    notifications.promise(list(promises.of_assignment(Assignment.objects.filter(pk=assignment.pk), at)))


def arrest(record: CitizenArrestReport, at: datetime) -> None:
    """Tell the whole desk at once that a crew handed somebody over."""
    notifications.promise(list(promises.of_arrests(CitizenArrestReport.objects.filter(pk=record.pk), at)))


@transaction.atomic
def tell_reporters(*, by: SystemActor, at: datetime) -> int:
    """Tell everybody whose report had news that there is news, once, without saying of which. Says how
    many there are to tell."""
    by.require(Permission.REPORT_NEWS)
    news = Report.objects.filter(has_news=True)
    reports = list(news.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "reporter_tag"))
    members = reporters.of_tags({tag for _pk, tag in reports})
    notifications.promise([promises.of_news(member, at) for member in members])
    Report.objects.filter(pk__in=[pk for pk, _tag in reports]).update(has_news=False)
    return len(members)
