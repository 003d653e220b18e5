"""What a report says: what was seen and where. Checked before anything is written."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from incidents.models import Category
from incidents.states import Behavior
from rules.refusals import Invalid, Sentence

LONGEST = 500
WORDS = {"block": 20, "lot": 20, "street": 120, "reference": 200}


@dataclass(frozen=True)
class Toggles:
    """The four questions: each makes a report graver or leaves it as it is."""

    is_in_progress: bool = False
    is_someone_hurt: bool = False
    has_weapon: bool = False
    is_child_involved: bool = False


@dataclass(frozen=True)
class Place:
    """Where: WGS84 degrees and metres, and an address as people give it (block and lot, a reference)."""

    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    block: str = ""
    lot: str = ""
    street: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        for name in WORDS:
            object.__setattr__(self, name, getattr(self, name).strip())
        wrong = dict(self._problems())
        if wrong:
            raise Invalid(wrong)

    def _problems(self) -> Iterator[tuple[str, Sentence]]:
        nowhere = _("That is not a place on earth.")
        for name, most in (("lat", 90), ("lon", 180)):
            value = getattr(self, name)
            if value is not None and not -most <= value <= most:
                yield name, nowhere
        if (self.lat is None) != (self.lon is None):
            yield ("lat" if self.lat is None else "lon"), nowhere
        if self.accuracy_m is not None and not 0 <= self.accuracy_m < math.inf:
            yield "accuracy_m", nowhere
        for name, longest in WORDS.items():
            if len(getattr(self, name)) > longest:
                yield name, _("Write something short here.")

    def columns(self) -> dict[str, Any]:
        """As a report keeps it: to the metre. The 14 digits of a phone's fix, beside the same fix on a
        patrol's step, would say whose phone it was."""
        columns: dict[str, Any] = vars(self).copy()
        for name in ("lat", "lon"):
            columns[name] = None if columns[name] is None else round(columns[name], 5)
        columns["accuracy_m"] = None if self.accuracy_m is None else round(self.accuracy_m)
        return columns

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, if known."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)


NOWHERE = Place()


@dataclass(frozen=True)
class Seen:
    """What somebody saw. `has_consent`: whoever it happened to agrees that the exact place is kept."""

    occurred_at: datetime
    text: str = ""
    behavior: str = ""
    has_consent: bool = False
    toggles: Toggles = field(default_factory=Toggles)

    def columns(self) -> dict[str, Any]:
        """As a report keeps it: to the minute, since a phone's milliseconds are as good as a signature."""
        minute = self.occurred_at.replace(second=0, microsecond=0)
        columns = vars(self) | vars(self.toggles) | {"text": self.text.strip(), "occurred_at": minute}
        del columns["toggles"]
        return columns

    def check(self, category: Category) -> None:
        """Refuse what is too long, and what this type needs and does not have."""
        wrong = dict(self._problems(category))
        if wrong:
            raise Invalid(wrong)

    def _problems(self, category: Category) -> Iterator[tuple[str, Sentence]]:
        if len(self.text) > LONGEST:
            yield "text", _("Write something short here.")
        elif category.asks_text and not self.text.strip():
            yield "text", _("Say in a few words what you saw.")
        if self.behavior and self.behavior not in Behavior.values:
            yield "behavior", _("Choose one from the list.")
        elif category.asks_behavior and not self.behavior:
            yield "behavior", _("Choose what you saw being done.")
