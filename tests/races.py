"""Many people pressing at the same moment. Each runs in a thread with its own connection."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection

from rules.refusals import Refusal


def all_at_once(crew, press):
    """Call `press(number)` in `crew` threads together; give back what each returned, in order."""
    together = Barrier(crew)

    def run(number):
        try:
            together.wait(timeout=60)
            return press(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(crew) as threads:
        return list(threads.map(run, range(crew)))


def together(*verbs):
    """All of these at once; of each, "done" or the code of its refusal."""
    return all_at_once(len(verbs), lambda number: outcome(verbs[number]))


def outcome(verb):
    """`done`, or the code of the refusal. Anything else breaks the test."""
    try:
        verb()
    except Refusal as refusal:
        return refusal.code
    return "done"
