"""What people type into the pages of this room. Rules live in the verbs; a refusal lands on its field."""

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Role
from accounts.states import AppointmentKind, LeavingReason
from rules.forms import PatientForm

CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "data-code": ""}
PIN = {"inputmode": "numeric", "pattern": "[0-9]{6}", "maxlength": "6"}


class CodeForm(PatientForm):
    """Eight characters, as the coordinator gave them."""

    code = forms.CharField(label=_("Your code"), max_length=20, widget=forms.TextInput(CODE))


class PhoneForm(PatientForm):
    """A PIN for this phone, twice."""

    code = forms.CharField(max_length=20, widget=forms.HiddenInput())
    pin = forms.CharField(
        label=_("Choose a PIN of 6 digits"),
        help_text=_("It opens Ronda on this phone only. Avoid birthdays and 123456."),
        widget=forms.PasswordInput(PIN | {"autocomplete": "new-password"}),
    )
    pin_again = forms.CharField(
        label=_("The same PIN again"), widget=forms.PasswordInput(PIN | {"autocomplete": "new-password"})
    )
    device_label = forms.CharField(
        label=_("What you call this phone"), required=False, max_length=60, initial=_("My phone")
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("pin") and typed.get("pin_again") and typed["pin"] != typed["pin_again"]:
            self.add_error("pin_again", _("The two PINs are not the same."))
        return typed


class StaffForm(PatientForm):
    """A user name and a password for somebody who works at a desk."""

    code = forms.CharField(max_length=20, widget=forms.HiddenInput())
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 8 characters. Three or four words are easy to remember and hard to guess."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, username: str | None = None, **kwargs: Any) -> None:
        """Whoever has a user name keeps it."""
        super().__init__(*args, **kwargs)
        if username:
            self.fields["username"].initial = username
            self.fields["username"].required = False
            self.fields["username"].disabled = True


class PinForm(PatientForm):
    """The PIN of this phone."""

    pin = forms.CharField(
        label=_("Your PIN"),
        widget=forms.PasswordInput(PIN | {"autocomplete": "current-password", "autofocus": ""}),
    )


class LanguageForm(PatientForm):
    """The language of one's pages and messages."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)


class RolesForm(PatientForm):
    """Which roles a member has, out of those the inviter may give."""

    roles = forms.MultipleChoiceField(label=_("What they do"), widget=forms.CheckboxSelectMultiple())

    def __init__(self, *args: Any, gives: frozenset[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["roles"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for the type checker
        field.choices = [(role.value, role.label) for role in Role if role in gives]


class InviteForm(RolesForm):
    """Somebody new."""

    full_name = forms.CharField(
        label=_("Name and surname"), max_length=120, help_text=_("Only coordinators see it.")
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    alias = forms.CharField(
        label=_("Alias"),
        required=False,
        max_length=40,
        help_text=_("What everybody else reads. Left empty, we give them a bird's name."),
    )
    field_order = ("full_name", "phone", "roles", "alias")


class SignInForm(LoginForm):
    """django-allauth's form with our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name")
        self.fields["password"].label = _("Password")
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.help_text = ""


ONE_TIME = {"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": ""}


class SecondStepForm(AuthenticateForm):
    """The code of the app, or one of the spare codes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code of your app, or a spare code")
        self.fields["code"].widget = forms.TextInput(ONE_TIME)


class ActivateForm(ActivateTOTPForm):
    """The first code of a new app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The 6 digits it shows now")
        self.fields["code"].widget = forms.TextInput(ONE_TIME)


class AppointedForm(PatientForm):
    """Whoever is to lead it."""

    full_name = forms.CharField(
        label=_("Name and surname of whoever is to lead it"),
        max_length=120,
        help_text=_("Seen by your desk until it is decided, and then by nobody here."),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )


class FoundForm(AppointedForm):
    """A new board or NGO."""

    kind = forms.ChoiceField(
        label=_("What is new"),
        choices=[(one.value, one.label) for one in (AppointmentKind.BOARD, AppointmentKind.NGO)],
        widget=forms.RadioSelect(),
        initial=AppointmentKind.BOARD,
    )
    name = forms.CharField(
        label=_("What it is called"), max_length=120, help_text=_("As its neighbors call it.")
    )
    field_order = ("kind", "name", "full_name", "phone")


class ReplaceForm(AppointedForm):
    """Another coordinator: instead of whom, and why."""

    replaced = forms.ChoiceField(label=_("Instead of"), required=False, widget=forms.RadioSelect())
    reason = forms.ChoiceField(
        label=_("Why they go"),
        required=False,
        choices=[("", "—"), *LeavingReason.choices],
        help_text=_("Left open if nobody goes."),
    )
    field_order = ("replaced", "reason", "full_name", "phone")

    def __init__(self, *args: Any, coordinators: Sequence[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["replaced"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type checker
        nobody = _("Nobody: they coordinate together") if coordinators else _("It has no coordinator now")
        field.choices = [*((str(one.pk), one.alias) for one in coordinators), ("", nobody)]
