"""What every form of ours does with a refusal."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from rules.fields import EARLIEST, LATEST
from rules.refusals import Invalid, Refusal

MOMENT = "%Y-%m-%dT%H:%M"  # as a browser's own picker sends it
OUT_OF_RANGE = _("That date is out of range.")


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    """A day and an hour of Lima, picked or typed, that both databases can hold."""
    return forms.DateTimeField(
        label=label,
        input_formats=[MOMENT],
        validators=[MinValueValidator(EARLIEST, OUT_OF_RANGE), MaxValueValidator(LATEST, OUT_OF_RANGE)],
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
        **options,
    )


class PatientForm(forms.Form):
    """A form that shows a verb's refusal beside the field it names and keeps what was typed."""

    beside: dict[str, str] = {}

    def refuse(self, refusal: Refusal) -> None:
        """Put each sentence where its field is; what has no field here stands on top."""
        if not isinstance(refusal, Invalid):
            self.add_error(None, str(refusal.detail))
            return
        for name, sentence in refusal.fields.items():
            shown = self.beside.get(name, name)
            self.add_error(shown if shown in self.fields else None, str(sentence))
