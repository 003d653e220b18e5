"""Many people pressing at the same moment. Each runs in a thread with its own connection."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connection


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
