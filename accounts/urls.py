"""Where this app's pages and resources hang below the doors, and which of allauth's are mounted."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, path

sign_in_patterns: list[URLPattern] = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/second-step/", mfa.authenticate, name="mfa_authenticate"),
    path("me/second-step/", totp.activate_totp, name="mfa_activate_totp"),
]
public_patterns: list[URLPattern] = []
desk_patterns: list[URLPattern] = []
api_patterns: list[URLPattern] = []
