"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from programs.api.enrollments import CohortEnrollmentViewSet, EnrollmentViewSet
from programs.api.people import ConsentViewSet, ParticipantViewSet
from programs.api.programs import CohortViewSet, ProgramViewSet
from programs.api.sessions import SessionViewSet
from programs.views import cohorts, people, planning, sheets

router = SimpleRouter(use_regex_path=False)
router.register("programs", ProgramViewSet, "program")
router.register("cohorts", CohortViewSet, "cohort")
router.register("sessions", SessionViewSet, "session")
router.register("participants", ParticipantViewSet, "participant")
router.register("consents", ConsentViewSet, "consent")
router.register("enrollments", EnrollmentViewSet, "enrollment")
of_cohort = CohortEnrollmentViewSet.as_view({"get": "list", "post": "create"})

public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("programs/", planning.Home.as_view(), name="home"),
    path("programs/new/", planning.NewProgram.as_view(), name="new-program"),
    path("programs/<uuid:pk>/", planning.ProgramPage.as_view(), name="program"),
    path("programs/<uuid:pk>/change/", planning.ChangeProgram.as_view(), name="change-program"),
    path("programs/<uuid:pk>/cohorts/new/", planning.NewCohort.as_view(), name="new-cohort"),
    path("cohorts/<uuid:pk>/", cohorts.CohortPage.as_view(), name="cohort"),
    path("cohorts/<uuid:pk>/change/", planning.ChangeCohort.as_view(), name="change-cohort"),
    path("cohorts/<uuid:pk>/open/", planning.OpenUp.as_view(), name="open-cohort"),
    path("cohorts/<uuid:pk>/begin/", planning.Begin.as_view(), name="begin-cohort"),
    path("cohorts/<uuid:pk>/finish/", planning.Finish.as_view(), name="finish-cohort"),
    path("cohorts/<uuid:pk>/sessions/new/", planning.NewSession.as_view(), name="new-session"),
    path("cohorts/<uuid:pk>/find/", people.Find.as_view(), name="find-for"),
    path("cohorts/<uuid:pk>/register/", people.Register.as_view(), name="register-for"),
    path("cohorts/<uuid:pk>/put-down/", people.PutDown.as_view(), name="put-down"),
    path("sessions/<uuid:pk>/", sheets.Sheet.as_view(), name="sheet"),
    path("sessions/<uuid:pk>/accept/", sheets.AcceptList.as_view(), name="accept-list"),
    path("sessions/<uuid:pk>/change/", planning.ChangeSession.as_view(), name="change-session"),
    path("sessions/<uuid:pk>/call-off/", planning.CallOff.as_view(), name="call-off"),
    path("enrollments/<uuid:pk>/review/", cohorts.Review.as_view(), name="review"),
    path("enrollments/<uuid:pk>/offer/", cohorts.Offer.as_view(), name="offer"),
    path("enrollments/<uuid:pk>/wait/", cohorts.Wait.as_view(), name="wait"),
    path("enrollments/<uuid:pk>/accept/", cohorts.Accept.as_view(), name="accept"),
    path("enrollments/<uuid:pk>/decline/", cohorts.Decline.as_view(), name="decline"),
    path("enrollments/<uuid:pk>/withdraw/", cohorts.Withdraw.as_view(), name="withdraw"),
    path("enrollments/<uuid:pk>/reject/", cohorts.Reject.as_view(), name="reject"),
    path("enrollments/<uuid:pk>/drop/", cohorts.Drop.as_view(), name="drop"),
    path("participants/", people.Find.as_view(), name="find"),
    path("participants/new/", people.Register.as_view(), name="register"),
    path("participants/<uuid:pk>/", people.ParticipantPage.as_view(), name="participant"),
    path("participants/<uuid:pk>/names/", people.Names.as_view(), name="names"),
    path("participants/<uuid:pk>/correct/", people.Correct.as_view(), name="correct"),
    path("participants/<uuid:pk>/guardians/", people.AddGuardian.as_view(), name="add-guardian"),
    path("participants/<uuid:pk>/consents/", people.AskConsent.as_view(), name="ask-consent"),
    path("consents/<uuid:pk>/give/", people.Give.as_view(), name="give-consent"),
    path("consents/<uuid:pk>/refuse/", people.Refuse.as_view(), name="refuse-consent"),
    path("consents/<uuid:pk>/withdraw/", people.TakeBack.as_view(), name="withdraw-consent"),
]
api_patterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("cohorts/<uuid:pk>/enrollments/", of_cohort, name="cohort-enrollments"),
]
