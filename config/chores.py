"""Verbs that the clock calls and nobody else. Each is safe to run twice, and at any time."""

from collections.abc import Callable, Iterable
from datetime import datetime

import structlog

from accounts.actions import appointments, sessions
from accounts.actors import SystemActor
from audit import actions as audit
from incidents.actions import telling
from insights.actions import figures
from patrols.actions import (
    escalation,
    holding,
    occurrences,
    patrols,
    requests,
    retention,
    signups,
    swaps,
    tracks,
)
from programs.actions import consents

Chore = Callable[[datetime], object]

# One line each: what it is called in the log, and what to call with the time.
CHORES: dict[str, Chore] = {
    "safety": lambda at: escalation.watch(by=SystemActor("safety"), at=at),
    "offers": lambda at: signups.lapse_offers(by=SystemActor("offers"), at=at),
    "line": lambda at: signups.offer_again(by=SystemActor("offers"), at=at),
    "requests": lambda at: requests.lapse(by=SystemActor("requests"), at=at),
    "swaps": lambda at: swaps.lapse(by=SystemActor("swaps"), at=at),
    "release": lambda at: signups.release(by=SystemActor("release"), at=at),
    "series": lambda at: occurrences.generate(by=SystemActor("series"), at=at),
    "missed": lambda at: patrols.note_missed(by=SystemActor("missed"), at=at),
    "hold": lambda at: (
        holding.hold(by=SystemActor("crew"), at=at),
        holding.release(by=SystemActor("crew"), at=at),
    ),
    "forgotten": lambda at: patrols.close_forgotten(by=SystemActor("forgotten"), at=at),
    "retention": lambda at: tracks.forget(by=SystemActor("retention"), at=at),
    "places": lambda at: retention.forget_places(by=SystemActor("retention"), at=at),
    "news": lambda at: telling.tell_reporters(by=SystemActor("news"), at=at),
    "consents": lambda at: consents.expire(by=SystemActor("consents"), at=at),
    "appointments": lambda at: appointments.lapse(by=SystemActor("appointments"), at=at),
    "sessions": lambda at: sessions.sweep(by=SystemActor("sessions"), at=at),
    "figures": lambda at: figures.publish(by=SystemActor("figures"), at=at),
    "seal": lambda at: audit.seal(at=at),
}

log = structlog.get_logger(__name__)


def run(names: Iterable[str], *, now: datetime) -> None:
    """Run these chores; one that fails is noted and does not stop the others."""
    for name in names:
        try:
            CHORES[name](now)
        except Exception as problem:  # it runs again at the next tick
            log.error("chore_failed", chore=name, problem=type(problem).__name__)
