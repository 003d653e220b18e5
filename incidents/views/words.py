"""What pages say of a report's steps, in words for people."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.states import ReportStatus as S

Words = Mapping[str, str | Promise]

# To whoever reported.
NEWS: Words = {
    S.RECEIVED: _("It reached the municipality. Nobody has read it yet."),
    S.TRIAGED: _("The municipality has read it."),
    S.VERIFIED: _("The municipality found that it was so."),
    S.IN_PROGRESS: _("The municipality is working on it."),
    S.RESOLVED: _("The municipality says that it is solved."),
    S.UNFOUNDED: _("The municipality could not confirm it."),
    S.DUPLICATE: _("Another neighbor had reported it; both are dealt with together."),
}
LANES: Words = {
    "new": _("To be read"),
    "added": _("Something was added"),
    "mine": _("In my hands"),
    "triaged": _("Already read"),
    "verified": _("Found to be so"),
    "in_progress": _("Being dealt with"),
    "closed": _("Done with"),
}
# In the story of a report.
TOLD: Words = {
    "file": _("Received"),
    "correct": _("The reporter corrected it"),
    "retract": _("The reporter retracted it"),
    "attach": _("The reporter added a photo"),
    "triage": _("Read"),
    "verify": _("Verified"),
    "assign": _("Handed over"),
    "start_work": _("Work began"),
    "answer": _("Answered"),
    "note": _("Note written"),
    "resolve": _("Resolved"),
    "dismiss": _("Closed: not confirmed"),
    "mark_duplicate": _("Closed: reported before"),
    "reopen": _("Opened again"),
}
GRAVE: Words = {"1": _("minor"), "2": _("low"), "3": _("medium"), "4": _("high"), "5": _("very high")}
TOGGLES: Words = {
    "is_in_progress": _("happening now"),
    "is_someone_hurt": _("somebody hurt"),
    "has_weapon": _("a weapon"),
    "is_child_involved": _("a child involved"),
}
