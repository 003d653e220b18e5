"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from incidents.api.arrests import ArrestViewSet, OwnArrestViewSet
from incidents.api.catalog import CategoryViewSet
from incidents.api.desk import ReportViewSet
from incidents.api.files import OwnPhotoFiles, PhotoFiles
from incidents.api.mine import OwnReportViewSet
from incidents.views import arrest_desk, arrests, mine, new, outings, queue, report

router = SimpleRouter(use_regex_path=False)
router.register("reports", ReportViewSet, "report")
router.register("my-reports", OwnReportViewSet, "own-report")
router.register("categories", CategoryViewSet, "category")
router.register("citizen-arrests", ArrestViewSet, "arrest")
router.register("my-citizen-arrests", OwnArrestViewSet, "own-arrest")
router.register("photos", PhotoFiles, "photo")
router.register("my-photos", OwnPhotoFiles, "own-photo")

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("reports/", queue.Queue.as_view(), name="queue"),
    path("reports/pins/", queue.Pins.as_view(), name="pins"),
    path("reports/<uuid:pk>/", report.OneReport.as_view(), name="report"),
    path("reports/<uuid:pk>/triage/", report.Triage.as_view(), name="triage"),
    path("reports/<uuid:pk>/verify/", report.Verify.as_view(), name="verify"),
    path("reports/<uuid:pk>/assign/", report.Assign.as_view(), name="assign"),
    path("reports/<uuid:pk>/start-work/", report.StartWork.as_view(), name="start_work"),
    path("reports/<uuid:pk>/answer/", report.Answer.as_view(), name="answer"),
    path("reports/<uuid:pk>/note/", report.Note.as_view(), name="note"),
    path("reports/<uuid:pk>/resolve/", report.Resolve.as_view(), name="resolve"),
    path("reports/<uuid:pk>/dismiss/", report.Dismiss.as_view(), name="dismiss"),
    path("reports/<uuid:pk>/mark-duplicate/", report.Duplicate.as_view(), name="mark_duplicate"),
    path("reports/<uuid:pk>/reopen/", report.Reopen.as_view(), name="reopen"),
    path("reports/<uuid:pk>/contact/", report.Contact.as_view(), name="contact"),
    path("patrols/<uuid:pk>/reports/", outings.PatrolReports.as_view(), name="patrol-reports"),
    path("citizen-arrests/", arrest_desk.Arrests.as_view(), name="arrests"),
    path("citizen-arrests/<uuid:pk>/", arrest_desk.OneArrest.as_view(), name="arrest"),
    path("citizen-arrests/<uuid:pk>/review/", arrest_desk.ReviewArrest.as_view(), name="review-arrest"),
    path("mine/citizen-arrests/", arrests.OwnArrests.as_view(), name="own-arrests"),
    path("mine/citizen-arrests/<uuid:pk>/", arrests.OwnArrest.as_view(), name="own-arrest"),
    path("mine/citizen-arrests/<uuid:pk>/correct/", arrests.CorrectArrest.as_view(), name="correct-arrest"),
    path("mine/reports/", mine.Mine.as_view(), name="mine"),
    path("mine/reports/new/", new.New.as_view(), name="new"),
    path("mine/reports/<uuid:pk>/", mine.Own.as_view(), name="own"),
    path("mine/reports/<uuid:pk>/undo/", mine.Undo.as_view(), name="undo"),
    path("mine/reports/<uuid:pk>/correct/", mine.Correct.as_view(), name="correct"),
    path("mine/reports/<uuid:pk>/retract/", mine.Retract.as_view(), name="retract"),
    path("mine/reports/<uuid:pk>/photos/", mine.AddPhoto.as_view(), name="add-photo"),
]
api_patterns: list[URLPattern | URLResolver] = [*router.urls]
