"""The code of conduct: what a volunteer promises before the first patrol.

A version that somebody signed never changes: what is to be said otherwise is a new version, and
everybody is asked again (`tests/patrols/test_conduct.py` keeps the words of each).
"""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIRST_CODE = 1
CURRENT_CODE = 1
# From which day each version is asked for, and how long whoever goes out already has to sign it.
ASKED_FROM: dict[int, date] = {1: date(2026, 11, 1)}
GRACE = timedelta(days=14)
SIGN_UNTIL = ASKED_FROM[CURRENT_CODE] + GRACE
CODES: dict[int, tuple[Promise, ...]] = {
    1: (
        _("I look, I write down, I call and I step back. That is all a patrol does."),
        _("I never go out alone, and I come back with my crew."),
        _("I carry no weapon of any kind."),
        _("I do not go out after drinking alcohol or taking drugs, and I take none on patrol."),
        _("I confront nobody and provoke nobody, whatever they say to me."),
        _("I chase nobody, on foot or by car, and I follow nobody."),
        _("I search nobody, ask nobody for papers, enter no home and block no street."),
        _(
            "I lock nobody up and hold nobody. If I ever see a crime happening and the law lets me stop"
            " somebody, I hand them over to the police at once, without blows and without questions."
        ),
        _("I publish no faces, plates or names, and I pass nothing of them on to any group."),
        _("What I learn about my neighbors and my team-mates stays with me."),
        _("On patrol I do no work for any party or candidate."),
        _("Whoever goes beyond what the law allows answers for it in person."),
        _("If it becomes dangerous I leave. No thing and no report is worth a person."),
    )
}
