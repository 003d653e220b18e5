"""What is typed about a board's things."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from patrols.states import EquipmentKind, EquipmentSource
from rules.forms import PatientForm


class ItemForm(PatientForm):
    """One thing. Its id is drawn once, so that a second tap writes nothing."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=_("What is it?"), choices=EquipmentKind.choices)
    label = forms.CharField(
        label=_("Label"), max_length=20, help_text=_("As it is stuck on it: two vests have two labels.")
    )
    source = forms.ChoiceField(label=_("Whose is it?"), choices=EquipmentSource.choices)

    @property
    def thing(self) -> dict[str, Any]:
        """As the verb takes it."""
        typed = dict(self.cleaned_data)
        return {"item_id": typed.pop("id"), **typed}
