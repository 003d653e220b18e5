"""Where this app's pages and resources hang below the doors."""

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter

from patrols.api.alarms import AlarmOut, AlarmViewSet, DeviceSos
from patrols.api.asking import AvailabilityViewSet, CompanionViewSet, RequestViewSet
from patrols.api.attendance import AttendanceViewSet
from patrols.api.certificates import CertificateViewSet
from patrols.api.checks import CheckViewSet, WatchOut
from patrols.api.duty import DutyViewSet
from patrols.api.equipment import EquipmentViewSet, LoanViewSet
from patrols.api.handovers import HandoverItemViewSet, PatrolHandoverViewSet
from patrols.api.house import RulesViewSet, SuspensionViewSet
from patrols.api.joining import NewcomerViewSet, OwnWayViewSet, VoucherViewSet
from patrols.api.log import LogEntryViewSet
from patrols.api.patrols import PatrolViewSet
from patrols.api.proposals import ProposalViewSet, ProposedNightViewSet
from patrols.api.replay import ReplayViewSet
from patrols.api.roles import RoleViewSet
from patrols.api.schedule import ScheduleViewSet
from patrols.api.series import SeriesViewSet
from patrols.api.shifts import ShiftViewSet
from patrols.api.signups import SignupOut, SignupViewSet
from patrols.api.swaps import SwapViewSet
from patrols.api.tracks import TrackViewSet
from patrols.api.visits import SkipOut, VisitViewSet
from patrols.views import (
    alarm_facts,
    alarms,
    answers,
    asking,
    attendance,
    calendar,
    crew_words,
    desk,
    duty,
    equipment,
    feeds,
    handovers,
    hours,
    house,
    joining,
    locked,
    mine,
    newcomers,
    proposals,
    replay,
    roles,
    safety,
    series,
    street,
    swaps,
    tracks,
    visits,
)

router = SimpleRouter(use_regex_path=False)
router.register("shifts", ShiftViewSet, "shift")
router.register("signups", SignupViewSet, "signup")
router.register("patrols", PatrolViewSet, "patrol")
router.register("requests", RequestViewSet, "request")
router.register("companions", CompanionViewSet, "companion")
router.register("suspensions", SuspensionViewSet, "suspension")
router.register("swaps", SwapViewSet, "swap")
router.register("availability", AvailabilityViewSet, "availability")
router.register("equipment", EquipmentViewSet, "equipment")
router.register("loans", LoanViewSet, "loan")
router.register("alarms", AlarmViewSet, "alarm")
router.register("handover-lines", HandoverItemViewSet, "handover-line")
router.register("newcomers", NewcomerViewSet, "newcomer")
router.register("vouchers", VoucherViewSet, "voucher")
router.register("series", SeriesViewSet, "series")
router.register("proposals", ProposalViewSet, "proposal")
router.register("proposed-nights", ProposedNightViewSet, "proposed-night")
router.register("schedule", ScheduleViewSet, "schedule")
router.register("duty", DutyViewSet, "duty")
router.register("certificates", CertificateViewSet, "certificate")
router.register("attendance", AttendanceViewSet, "attendance")
points = {
    "visit-list": VisitViewSet.as_view({"get": "stops", "post": "arrive"}, pagination_class=None),
    "visit-leave": VisitViewSet.as_view({"post": "leave"}),
    "visit-skip": VisitViewSet.as_view({"post": "skip"}, serializer_class=SkipOut),
}
left = PatrolHandoverViewSet.as_view({"get": "waiting", "post": "create"})
was_read = PatrolHandoverViewSet.as_view({"post": "acknowledge"})
track = TrackViewSet.as_view({"get": "retrieve", "post": "create", "put": "update", "delete": "destroy"})
roles_api = RoleViewSet.as_view({"get": "roles", "put": "set_roles"}, pagination_class=None)
place = RoleViewSet.as_view({"post": "place"}, serializer_class=SignupOut)
rules = RulesViewSet.as_view({"get": "own", "patch": "decide"})
log = LogEntryViewSet.as_view({"get": "list", "post": "create"})
looked_back = ReplayViewSet.as_view({"get": "retrieve"})

checks = CheckViewSet.as_view({"get": "list", "post": "create"})
watch = CheckViewSet.as_view({"get": "watch"}, serializer_class=WatchOut, pagination_class=None)
sos = CheckViewSet.as_view({"post": "sos"}, serializer_class=AlarmOut)

public_patterns: list[URLPattern] = [
    path("calendar/<str:token>.ics", feeds.Feed.as_view(), name="calendar"),
    path("sos/", locked.Sos.as_view(), name="sos"),
    path("hours/", hours.Check.as_view(), name="hours"),
]
desk_patterns: list[URLPattern] = [
    path("shifts/", desk.Week.as_view(), name="week"),
    path("shifts/<int:year>-W<int:week>/", desk.Week.as_view(), name="week-of"),
    path("shifts/month/", calendar.Month.as_view(), name="month"),
    path("shifts/month/<int:year>-<int:month>/", calendar.Month.as_view(), name="month-of"),
    path("shifts/<uuid:pk>/roles/", roles.Roles.as_view(), name="roles"),
    path("shifts/<uuid:pk>/place/", roles.Place.as_view(), name="place"),
    path("mine/shifts/<uuid:pk>/roles/", roles.ChooseRole.as_view(), name="choose-role"),
    path("rules/", house.Rules.as_view(), name="rules"),
    path("suspensions/", house.StayHome.as_view(), name="stay-home"),
    path("suspensions/<uuid:pk>/lift/", house.Lift.as_view(), name="lift-suspension"),
    path("shifts/<uuid:pk>/fill/", asking.Fill.as_view(), name="fill"),
    path("shifts/<uuid:pk>/companions/", asking.AskCompanion.as_view(), name="ask-companion"),
    path("companions/", asking.Company.as_view(), name="companions"),
    path("companions/<uuid:pk>/confirm/", asking.ConfirmCompanion.as_view(), name="confirm-companion"),
    path("companions/<uuid:pk>/decline/", asking.DeclineCompanion.as_view(), name="decline-companion"),
    path("companions/<uuid:pk>/cancel/", asking.CancelCompanion.as_view(), name="cancel-companion"),
    path("proposals/new/", proposals.Propose.as_view(), name="propose"),
    path("proposals/<uuid:pk>/", proposals.ProposalPage.as_view(), name="proposal"),
    path("proposals/<uuid:pk>/publish/", proposals.PublishProposal.as_view(), name="publish-proposal"),
    path("proposals/<uuid:pk>/take-back/", proposals.TakeBackProposal.as_view(), name="take-back-proposal"),
    path("proposals/<uuid:pk>/discard/", proposals.DiscardProposal.as_view(), name="discard-proposal"),
    path("proposed-nights/<uuid:pk>/redraw/", proposals.Redraw.as_view(), name="redraw"),
    path("proposed-nights/<uuid:pk>/drop/", proposals.DropNight.as_view(), name="drop-night"),
    path("mine/availability/", asking.OwnAvailability.as_view(), name="availability"),
    path("mine/requests/<uuid:pk>/", answers.RequestPage.as_view(), name="request"),
    path("mine/requests/<uuid:pk>/yes/", asking.Yes.as_view(), name="request-yes"),
    path("mine/requests/<uuid:pk>/no/", asking.No.as_view(), name="request-no"),
    path("series/", series.SeriesList.as_view(), name="series-list"),
    path("series/new/", series.NewSeries.as_view(), name="new-series"),
    path("series/<uuid:pk>/", series.SeriesPage.as_view(), name="series"),
    path("series/<uuid:pk>/change/", series.ChangeSeries.as_view(), name="series-change"),
    path("series/<uuid:pk>/skip/", series.Skip.as_view(), name="series-skip"),
    path("series/<uuid:pk>/restore/", series.Restore.as_view(), name="series-restore"),
    path("series/<uuid:pk>/keep/", series.Keep.as_view(), name="series-keep"),
    path("series/<uuid:pk>/end/", series.End.as_view(), name="series-end"),
    path("shifts/new/", desk.Plan.as_view(), name="plan"),
    path("shifts/<uuid:pk>/", desk.ShiftPage.as_view(), name="shift"),
    path("shifts/<uuid:pk>/change/", desk.Change.as_view(), name="change"),
    path("shifts/<uuid:pk>/publish/", desk.Publish.as_view(), name="publish"),
    path("shifts/<uuid:pk>/close/", desk.Close.as_view(), name="close-shift"),
    path("shifts/<uuid:pk>/reopen/", desk.Reopen.as_view(), name="reopen"),
    path("shifts/<uuid:pk>/cancel/", desk.Cancel.as_view(), name="cancel"),
    path("signups/<uuid:pk>/take-off/", desk.TakeOff.as_view(), name="take-off"),
    path("patrols/", desk.Finished.as_view(), name="finished"),
    path("patrols/<uuid:pk>/", desk.PatrolPage.as_view(), name="patrol"),
    path("patrols/<uuid:pk>/replay/", replay.Replay.as_view(), name="replay"),
    path("patrols/<uuid:pk>/review/", desk.Review.as_view(), name="review"),
    path("crew/<uuid:pk>/", attendance.AttendancePage.as_view(), name="attendance"),
    path("crew/<uuid:pk>/correct/", attendance.Correct.as_view(), name="correct-attendance"),
    path("crew/<uuid:pk>/arrived/", attendance.Arrived.as_view(), name="arrived"),
    path("crew/<uuid:pk>/went-home/", attendance.WentHome.as_view(), name="went-home"),
    path("crew/<uuid:pk>/excuse/", attendance.Excuse.as_view(), name="excuse"),
    path("crew/<uuid:pk>/object/", attendance.Object.as_view(), name="object"),
    path("crew/<uuid:pk>/keep/", attendance.Keep.as_view(), name="keep-attendance"),
    path("mine/hours/", hours.OwnHours.as_view(), name="hours"),
    path("certificates/", hours.Certificates.as_view(), name="certificates"),
    path("certificates/<uuid:pk>/", hours.Certificate.as_view(), name="certificate"),
    path("certificates/<uuid:pk>/issue/", hours.Issue.as_view(), name="issue-certificate"),
    path("certificates/<uuid:pk>/revoke/", hours.Revoke.as_view(), name="revoke-certificate"),
    path("people/<uuid:pk>/way/", newcomers.NewcomerPage.as_view(), name="newcomer"),
    path("people/<uuid:pk>/endorse/", newcomers.Endorse.as_view(), name="endorse"),
    path("people/<uuid:pk>/police-check/", newcomers.RecordCheck.as_view(), name="record-check"),
    path("people/<uuid:pk>/training/", newcomers.RecordTraining.as_view(), name="record-training"),
    path("people/<uuid:pk>/approve/", newcomers.Approve.as_view(), name="approve-newcomer"),
    path("people/<uuid:pk>/suspend/", newcomers.Suspend.as_view(), name="suspend"),
    path("people/<uuid:pk>/reinstate/", newcomers.Reinstate.as_view(), name="reinstate"),
    path("trainings/<uuid:pk>/revoke/", newcomers.RevokeTraining.as_view(), name="revoke-training"),
    path("newcomers/", newcomers.Newcomers.as_view(), name="newcomers"),
    path("vouch/", joining.Vouch.as_view(), name="vouch"),
    path("vouchers/<uuid:pk>/take-back/", joining.TakeWordBack.as_view(), name="take-word-back"),
    path("mine/joining/", joining.MyWay.as_view(), name="joining"),
    path("mine/joining/code/", joining.CodeOfConduct.as_view(), name="code-of-conduct"),
    path("mine/practice/", joining.Practice.as_view(), name="practice"),
    path("mine/calendar/", feeds.OwnCalendar.as_view(), name="own-calendar"),
    path("mine/", mine.Mine.as_view(), name="mine"),
    path("mine/shifts/<uuid:pk>/sign-up/", mine.SignUp.as_view(), name="sign-up"),
    path("mine/shifts/<uuid:pk>/withdraw/", mine.Withdraw.as_view(), name="withdraw"),
    path("mine/shifts/<uuid:pk>/leave/", answers.Leave.as_view(), name="leave"),
    path("mine/shifts/<uuid:pk>/offer/", answers.OfferPage.as_view(), name="offer"),
    path("mine/shifts/<uuid:pk>/accept/", mine.Accept.as_view(), name="accept"),
    path("mine/shifts/<uuid:pk>/decline/", mine.Decline.as_view(), name="decline"),
    path("mine/shifts/<uuid:pk>/attend/", mine.Attend.as_view(), name="attend"),
    path("mine/shifts/<uuid:pk>/swap/", swaps.AskSwap.as_view(), name="swap-ask"),
    path("mine/swaps/<uuid:pk>/", swaps.SwapPage.as_view(), name="swap"),
    path("mine/swaps/<uuid:pk>/accept/", swaps.AcceptSwap.as_view(), name="swap-accept"),
    path("mine/swaps/<uuid:pk>/decline/", swaps.DeclineSwap.as_view(), name="swap-decline"),
    path("mine/swaps/<uuid:pk>/cancel/", swaps.CancelSwap.as_view(), name="swap-cancel"),
    path("mine/shifts/<uuid:pk>/meet/", mine.Brief.as_view(), name="brief"),
    path("mine/patrols/<uuid:pk>/", street.Outing.as_view(), name="outing"),
    path("mine/patrols/<uuid:pk>/check-in/", street.CheckIn.as_view(), name="check-in"),
    path("mine/patrols/<uuid:pk>/pledge/", street.Pledge.as_view(), name="pledge"),
    path("mine/patrols/<uuid:pk>/pledge/take-back/", street.TakePledgeBack.as_view(), name="pledge-back"),
    path("equipment/", equipment.Register.as_view(), name="equipment"),
    path("equipment/<uuid:pk>/lend/", equipment.Lend.as_view(), name="equipment-lend"),
    path("equipment/<uuid:pk>/retire/", equipment.Retire.as_view(), name="equipment-retire"),
    path("equipment/<uuid:pk>/found/", equipment.Found.as_view(), name="equipment-found"),
    path("loans/<uuid:pk>/back/", equipment.Back.as_view(), name="loan-back"),
    path("loans/<uuid:pk>/lost/", equipment.Lost.as_view(), name="loan-lost"),
    path("mine/patrols/<uuid:pk>/take/", equipment.Take.as_view(), name="take-along"),
    path("alarms/", alarms.Alarms.as_view(), name="alarms"),
    path("alarms/past/", alarms.PastAlarms.as_view(), name="past-alarms"),
    path("alarms/<uuid:pk>/seen/", alarms.Seen.as_view(), name="alarm-seen"),
    path("alarms/<uuid:pk>/called/", alarms.Called.as_view(), name="alarm-called"),
    path("alarms/<uuid:pk>/well/", alarms.AllWell.as_view(), name="alarm-well"),
    path("alarms/<uuid:pk>/help-came/", alarms.HelpCame.as_view(), name="alarm-help"),
    path("duty/", duty.Roster.as_view(), name="duty"),
    path("duty/<int:year>-W<int:week>/", duty.RosterOf.as_view(), name="duty-of"),
    path("duty/<uuid:pk>/take-over/", duty.TakeOver.as_view(), name="duty-take-over"),
    path("duty/<uuid:pk>/end/", duty.EndTurn.as_view(), name="duty-end"),
    path("duty/now/", alarms.DutyNow.as_view(), name="duty-now"),
    path("mine/patrols/<uuid:pk>/well/", safety.Well.as_view(), name="well"),
    path("mine/patrols/<uuid:pk>/sos/", safety.Help.as_view(), name="help"),
    path("mine/patrols/<uuid:pk>/track/", tracks.Allow.as_view(), name="track"),
    path("mine/patrols/<uuid:pk>/track/take-back/", tracks.TakeBack.as_view(), name="track-back"),
    path("mine/here/", visits.Here.as_view(), name="here"),
    path("mine/patrols/<uuid:pk>/arrive/", visits.Arrive.as_view(), name="arrive"),
    path("mine/patrols/<uuid:pk>/go-on/", visits.GoOn.as_view(), name="go-on"),
    path("mine/patrols/<uuid:pk>/leave-out/", visits.LeaveOut.as_view(), name="leave-out"),
    path("alarms/<uuid:pk>/place/", alarm_facts.ShowPlace.as_view(), name="alarm-place"),
    path("alarms/<uuid:pk>/phones/", alarm_facts.ShowPhones.as_view(), name="alarm-phones"),
    path("mine/patrols/<uuid:pk>/false-alarm/", crew_words.Retract.as_view(), name="false-alarm"),
    path("mine/patrols/<uuid:pk>/no-signal/", crew_words.NoSignal.as_view(), name="no-signal"),
    path("mine/patrols/<uuid:pk>/drill/", safety.Drill.as_view(), name="drill"),
    path("mine/patrols/<uuid:pk>/start/", street.Start.as_view(), name="start"),
    path("mine/patrols/<uuid:pk>/go-with-fewer/", street.StartWithFewer.as_view(), name="with-fewer"),
    path("mine/patrols/<uuid:pk>/pause/", street.Pause.as_view(), name="pause"),
    path("mine/patrols/<uuid:pk>/resume/", street.Resume.as_view(), name="resume"),
    path("mine/patrols/<uuid:pk>/leave/", attendance.Leave.as_view(), name="leave-early"),
    path("mine/patrols/<uuid:pk>/finish/", street.Finish.as_view(), name="finish"),
    path("handovers/", handovers.Waiting.as_view(), name="handovers"),
    path("mine/patrols/<uuid:pk>/handover/", handovers.Write.as_view(), name="hand-over"),
    path("mine/patrols/<uuid:pk>/handover-read/", handovers.Read.as_view(), name="handover-read"),
    path("handover-lines/<uuid:pk>/resolve/", handovers.Resolve.as_view(), name="handover-resolve"),
    path("handover-lines/<uuid:pk>/reopen/", handovers.Reopen.as_view(), name="handover-reopen"),
    path("mine/patrols/<uuid:pk>/note/", street.Note.as_view(), name="note"),
    path("mine/patrols/<uuid:pk>/debrief/", street.Debrief.as_view(), name="debrief"),
    path("mine/patrols/<uuid:pk>/go-home/", street.Abort.as_view(), name="go-home"),
]
api_patterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("rules/", rules, name="rules"),
    path("shifts/<uuid:pk>/roles/", roles_api, name="shift-roles"),
    path("shifts/<uuid:pk>/place/", place, name="shift-place"),
    path("joining/", OwnWayViewSet.as_view({"get": "own"}), name="joining"),
    path("joining/sign/", OwnWayViewSet.as_view({"post": "sign"}), name="joining-sign"),
    path("patrols/<uuid:pk>/log/", log, name="patrol-log"),
    path("patrols/<uuid:pk>/replay/", looked_back, name="patrol-replay"),
    path("patrols/<uuid:pk>/checks/", checks, name="patrol-checks"),
    path("patrols/<uuid:pk>/watch/", watch, name="patrol-watch"),
    path("patrols/<uuid:pk>/sos/", sos, name="patrol-sos"),
    path("device-sos/", DeviceSos.as_view(), name="device-sos"),
    path("patrols/<uuid:pk>/track/", track, name="patrol-track"),
    path("patrols/<uuid:pk>/visits/", points["visit-list"], name="patrol-visits"),
    path("patrols/<uuid:pk>/visits/leave/", points["visit-leave"], name="patrol-visit-leave"),
    path("patrols/<uuid:pk>/visits/skip/", points["visit-skip"], name="patrol-visit-skip"),
    path("patrols/<uuid:pk>/handover/", left, name="patrol-handover"),
    path("patrols/<uuid:pk>/handover/read/", was_read, name="patrol-handover-read"),
]
