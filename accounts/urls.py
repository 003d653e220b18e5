"""Where this app's pages and resources hang below the doors, and which of allauth's are mounted.

Of allauth only what is listed here has an address: no sign-up, no password reset by e-mail.
"""

from allauth.account import views as account
from allauth.headless.account import views as headless_account
from allauth.headless.constants import Client
from allauth.headless.mfa import views as headless_mfa
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from rest_framework.routers import SimpleRouter

from accounts.api import appointments as appointments_api
from accounts.api import people as api
from accounts.doors import not_by_phone
from accounts.limits import counted
from accounts.views import appointments, joining, oneself, people

app_client: list[URLPattern] = [
    path(
        "auth/login",
        counted("sign-in", headless_account.LoginView.as_api_view(client=Client.APP)),
        name="app-login",
    ),
    path(
        "auth/2fa/authenticate",
        counted("sign-in", headless_mfa.AuthenticateView.as_api_view(client=Client.APP)),
        name="app-second-step",
    ),
    path(
        "auth/session",
        headless_account.SessionView.as_api_view(client=Client.APP),
        name="app-session",
    ),
]
sign_in_patterns: list[URLPattern | URLResolver] = [
    path("join/", joining.Join.as_view(), name="join"),
    path("join/phone/", joining.JoinPhone.as_view(), name="join-phone"),
    path("join/desk/", joining.JoinDesk.as_view(), name="join-desk"),
    path("pin/", joining.Pin.as_view(), name="pin"),
    path("sign-in/", counted("sign-in", account.login), name="account_login"),
    path("sign-in/second-step/", counted("sign-in", mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/again/", counted("sign-in", account.reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", counted("sign-in", mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sign-out/", account.logout, name="account_logout"),
    path("me/", oneself.Me.as_view(), name="me"),
    path("me/second-step/", not_by_phone(totp.activate_totp), name="mfa_activate_totp"),
    path("me/second-step/remove/", not_by_phone(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("me/second-step/done/", RedirectView.as_view(pattern_name="me"), name="mfa_index"),
    path("me/spare-codes/", not_by_phone(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "me/spare-codes/new/",
        not_by_phone(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("_allauth/app/v1/", include(app_client)),
    path("api/v1/device-sign-in", api.DeviceSignIn.as_view(), name="device-sign-in"),
    path("api/v1/device-enrollment", api.DeviceEnrollment.as_view(), name="device-enrollment"),
]
public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = [
    path("people/", people.People.as_view(), name="people"),
    path("people/invite/", people.Invite.as_view(), name="invite"),
    path("people/<uuid:pk>/", people.Member.as_view(), name="member"),
    path("people/<uuid:pk>/code/", people.MemberCode.as_view(), name="member-code"),
    path("people/<uuid:pk>/end/", people.EndMembership.as_view(), name="member-end"),
    path("boards/", appointments.Boards.as_view(), name="boards"),
    path("boards/new/", appointments.Found.as_view(), name="found"),
    path("boards/<uuid:pk>/coordinator/", appointments.Replace.as_view(), name="replace-coordinator"),
    path("appointments/<uuid:pk>/", appointments.OneAppointment.as_view(), name="appointment"),
    path("appointments/<uuid:pk>/confirm/", appointments.Confirm.as_view(), name="confirm-appointment"),
    path("appointments/<uuid:pk>/refuse/", appointments.Refuse.as_view(), name="refuse-appointment"),
    path("appointments/<uuid:pk>/take-back/", appointments.TakeBack.as_view(), name="take-back-appointment"),
    path("phones/", oneself.MyPhones.as_view(), name="devices"),
    path("phones/<uuid:pk>/lost/", oneself.LostPhone.as_view(), name="lost-phone"),
    path("leave/", oneself.Leave.as_view(), name="leave"),
]

router = SimpleRouter(use_regex_path=False)
router.register("devices", api.DeviceViewSet, basename="device")
router.register("members", api.MemberViewSet, basename="member")
router.register("appointments", appointments_api.AppointmentViewSet, basename="appointment")
api_patterns: list[URLPattern | URLResolver] = [
    path("boards/", appointments_api.BoardsViewSet.as_view({"get": "boards"}), name="boards"),
    path("session/", api.SessionViewSet.as_view({"get": "current"}), name="session"),
    *router.urls,
]
