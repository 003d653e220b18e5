"""The ways the domain says no. Anticipated, worded for people, never logged as errors.

`config/errors.py` turns each into HTTP once, for both doors.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Sentence = str | Promise


class Refusal(Exception):
    """A verb said no. `code` is stable and for programs; `detail` is one sentence for people; `facts`
    are what else a program needs to go on, ready for JSON."""

    code: ClassVar[str] = "refused"
    sentence: ClassVar[Sentence] = _("That cannot be done.")

    def __init__(
        self,
        detail: Sentence | None = None,
        *,
        code: str | None = None,
        facts: Mapping[str, Any] | None = None,
    ) -> None:
        self.detail = detail or self.sentence
        self.facts = dict(facts or {})
        if code is not None:
            self.code = code  # type: ignore[misc]  # an instance may be more exact than its kind
        super().__init__(self.code)


class NotFound(Refusal):
    """The row does not exist for this actor. Strangers learn nothing more."""

    code = "not_found"
    sentence = _("We could not find that.")


class NotAllowed(Refusal):
    """The actor belongs here but may not do this."""

    code = "not_allowed"
    sentence = _("Your role does not allow this.")


class SecondFactorNeeded(NotAllowed):
    """Staff act only with a second factor."""

    code = "second_factor_needed"
    sentence = _("Turn on the second step of your sign-in first.")


class IllegalMove(Refusal):
    """The thing is not in a state from which this can happen."""

    code = "illegal_move"
    sentence = _("That is not possible any more: it changed meanwhile.")


class Conflict(Refusal):
    """A rule of the domain stands against it now, though the input is well formed."""

    code = "conflict"


class Decided(Conflict):
    """People decided otherwise before this reached us. It does not give way, and may not be lost either:
    the door through which it came keeps it for a person to look at."""

    code = "decided"
    sentence = _("Somebody decided otherwise before this reached us. We keep it for a person to look at.")


class Stale(Refusal):
    """Somebody wrote first; the caller must look again."""

    code = "stale"
    sentence = _("Somebody changed this while you were looking. Read it again, then decide.")


class Gone(Refusal):
    """It was erased on purpose and will not come back."""

    code = "gone"
    sentence = _("That was erased.")


class TooMany(Refusal):
    """Tried too often. `retry_after` is in seconds."""

    code = "too_many"
    sentence = _("Too many tries. Wait a little and try again.")

    def __init__(self, detail: Sentence | None = None, *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Invalid(Refusal):
    """The input is wrong; `fields` names each field and says what to do."""

    code = "invalid"
    sentence = _("Check the marked fields.")

    def __init__(self, fields: Mapping[str, Sentence], detail: Sentence | None = None) -> None:
        super().__init__(detail)
        self.fields = dict(fields)
