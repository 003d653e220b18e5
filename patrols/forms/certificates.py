"""What is typed about hours on paper."""

from django import forms
from django.utils.translation import gettext_lazy as _

from rules.forms import PatientForm


def day(label: object) -> forms.DateField:
    """A day, typed or tapped."""
    return forms.DateField(
        label=label,  # type: ignore[arg-type]
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class AskCertificateForm(PatientForm):
    """From when to when."""

    from_on = day(_("From"))
    to_on = day(_("Until"))


class HoursCodeForm(PatientForm):
    """The eight characters on a certificate."""

    code = forms.CharField(
        label=_("Code of the certificate"),
        max_length=20,
        help_text=_("Eight letters and numbers, as they stand on the paper."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-code": ""}),
    )
