"""What the styleguide shows in its components. No person and no place in it is real."""

from xml.etree import ElementTree

from django import forms
from django.conf import settings

SPRITE = settings.BASE_DIR / "static" / "ronda" / "icons.svg"


def names_in_sprite() -> list[str]:
    """Every drawing of the sprite, in its order."""
    return [symbol.attrib["id"] for symbol in ElementTree.parse(SPRITE).getroot()]  # noqa: S314  # our own file


ICONS = names_in_sprite()


class SampleForm(forms.Form):
    """One field of each kind, one of them refused."""

    meeting_point = forms.CharField(label="Meeting point", help_text="A place everybody can find.")
    starts_at = forms.DateTimeField(label="Starts at", error_messages={"required": "Say when it starts."})
    sector = forms.ChoiceField(label="Sector", choices=[("", "Choose"), ("4", "Las Flores")], required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="I have read this", required=False)
