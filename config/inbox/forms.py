"""What the inbox's pages ask."""

from django import forms
from django.utils.translation import gettext_lazy as _


class PageForm(forms.Form):
    """From which message the page goes on, downwards."""

    before = forms.UUIDField(required=False)


class ChannelsForm(forms.Form):
    """Which channels besides the inbox a member takes messages on."""

    email = forms.BooleanField(
        required=False,
        label=_("Also send me my messages by e-mail"),
        help_text=_("Reminders, changes and cancelled patrols. The inbox always has them too."),
    )
