"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from programs.api.enrollments import CohortEnrollmentViewSet, EnrollmentViewSet
from programs.api.people import ConsentViewSet, ParticipantViewSet
from programs.api.programs import CohortViewSet, ProgramViewSet
from programs.api.sessions import SessionViewSet

router = SimpleRouter(use_regex_path=False)
router.register("programs", ProgramViewSet, "program")
router.register("cohorts", CohortViewSet, "cohort")
router.register("sessions", SessionViewSet, "session")
router.register("participants", ParticipantViewSet, "participant")
router.register("consents", ConsentViewSet, "consent")
router.register("enrollments", EnrollmentViewSet, "enrollment")
of_cohort = CohortEnrollmentViewSet.as_view({"get": "list", "post": "create"})

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("cohorts/<uuid:pk>/enrollments/", of_cohort, name="cohort-enrollments"),
]
