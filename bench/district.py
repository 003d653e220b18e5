"""`python -m bench.district`: a district's month, asked of one board and of many, in-process.

The municipality's page counts every night of the month by day and lists those of the day that was
opened. Prints milliseconds of processor time and queries, and exits 1 when a further night shown costs more
among many than among few, or when nights that are not shown cost more than counting them.
"""

import argparse
import tempfile
import time
import uuid
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bench.__main__ import own_database, prepare

if TYPE_CHECKING:
    from accounts.models import Membership, Organization
    from patrols.models import Shift
    from places.models import Sector

SHOWN, DISTRICT, BOARDS, DAYS, WARM_UP = 25, 3_000, 25, 28, 5
ALONE, FOUR, SIXTEEN = "alone", "4 times as many shown", "16 times as many shown"
MAY_COST = {FOUR: 4, SIXTEEN: 16, "a district elsewhere in the year": 1.15, "a district that month": 2}
MAY_GROW = 1.3  # what a further night costs among 400, beside what it costs among 100


class Cost(NamedTuple):
    """What one page cost: processor time of our thread, the best of many, and its queries. `named` says
    how often it names the sector: once a night it shows, and once in its filter."""

    ms: float
    queries: int
    named: int


def month_after(today: date, months: int) -> date:
    """The first day of a month to come."""
    for _month in range(months):
        today = (today.replace(day=1) + timedelta(days=32)).replace(day=1)
    return today


def reviewer() -> "Membership":
    """Somebody at the desk of a municipality in a district of its own."""
    from accounts.models import Membership, Organization, User
    from accounts.roles import Role

    ubigeo = f"15{uuid.uuid4().int % 10_000:04}"
    desk = Organization.objects.create(kind="municipality", name="Municipalidad", ubigeo=ubigeo)
    user = User.objects.create_user(f"bench-{uuid.uuid4().hex[:8]}", full_name="Mesa")
    member = Membership(user=user, organization=desk, alias="Mesa")
    member.roles = frozenset({Role.REVIEWER})
    member.save(force_insert=True)
    return member


def boards(desk: "Membership") -> "list[Organization]":
    """As many boards in the district whatever they plan: the page lists them all to choose from."""
    from accounts.models import Organization

    ubigeo = desk.organization.ubigeo
    names = [f"Junta {uuid.uuid4().hex[:6]}" for _board in range(BOARDS)]
    return [Organization.objects.create(kind="board", name=name, ubigeo=ubigeo) for name in names]


def sector_in(ubigeo: str) -> "Sector":
    """The one sector of a district made for this."""
    from places.models import District, Sector

    place = {"name": f"Distrito {ubigeo}", "province": "Lima", "lat": -12.03, "lon": -77.01}
    district = District.objects.get_or_create(ubigeo=ubigeo, defaults=place)[0]
    return Sector.objects.create(district=district, code="B1", name="Sector 1")


def nights(owners: "list[Organization]", sector: "Sector", count: int, days: list[date]) -> None:
    """Write so many open nights of these boards in turn, spread over these days."""
    from patrols.models import Shift

    Shift.objects.bulk_create(
        (_night(owners[n % BOARDS], sector, days[n // BOARDS % len(days)], n) for n in range(count)),
        batch_size=500,
    )


def _night(board: "Organization", sector: "Sector", day: date, n: int) -> "Shift":
    from bench.rows import LIMA
    from patrols.models import Shift

    starts_at = datetime(day.year, day.month, day.day, 18 + n % 4, tzinfo=LIMA)
    return Shift(
        organization=board,
        sector=sector,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        service_date=day,
        meeting_point="Parque",
        capacity=6,
        status="open",
    )


def cost(desk: "Membership", day: date, times: int) -> Cost:
    """Open one day of the district's month as its desk does."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from bench.rows import token_of

    client, spent = Client(headers={"Host": "localhost"}), list[float]()
    client.cookies["sessionid"] = token_of(desk)
    page = f"/o/{desk.organization.code}/shifts/month/{day:%Y-%m}/?day={day}"
    for _time in range(WARM_UP + times):
        began = time.thread_time()
        answer = client.get(page)
        spent.append(1000 * (time.thread_time() - began))
        assert answer.status_code == 200, answer.status_code
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return Cost(min(spent[WARM_UP:]), len(asked), answer.content.count(b"Sector 1"))


def run(times: int) -> list[str]:
    """Measure, print, and answer what is over its budget."""
    from django.utils import timezone

    first = month_after(timezone.localdate(), 1)
    month = [first + timedelta(days=number) for number in range(DAYS)]
    year = [
        month_after(first, 2 + number // DAYS) + timedelta(days=number % DAYS) for number in range(6 * DAYS)
    ]
    asked = {
        ALONE: [(SHOWN, month[:1])],
        FOUR: [(4 * SHOWN, month[:1])],
        SIXTEEN: [(16 * SHOWN, month[:1])],
        "a district elsewhere in the year": [(SHOWN, month[:1]), (DISTRICT, year)],
        "a district that month": [(SHOWN, month[:1]), (DISTRICT, month[1:])],
    }
    cost(reviewer(), first, times)  # the first page of all pays for what is kept afterwards
    costs = {}
    for name, written in asked.items():
        desk = reviewer()
        owners, sector = boards(desk), sector_in(desk.organization.ubigeo)
        for count, days in written:
            nights(owners, sector, count, days)
        costs[name] = cost(desk, first, times)
    return show(costs)


def show(costs: dict[str, Cost]) -> list[str]:
    """Print each beside the first, and answer what costs more than it may."""
    alone, over = costs[ALONE], []
    for name, found in costs.items():
        ratio = found.ms / alone.ms
        print(f"{name}: {found.ms:.1f} ms, {ratio:.2f} times, {found.queries} queries, {found.named} named")
        if ratio > MAY_COST.get(name, 1):
            over.append(f"{name}: {ratio:.2f} times; {MAY_COST[name]} are allowed")
        if found.queries > alone.queries:
            over.append(f"{name}: {found.queries - alone.queries} queries more")
    few = (costs[FOUR].ms - alone.ms) / (3 * SHOWN)
    many = (costs[SIXTEEN].ms - costs[FOUR].ms) / (12 * SHOWN)
    print(f"a further night: {few:.3f} ms among few, {many:.3f} ms among many")
    return over if many <= MAY_GROW * few else [*over, "a further night costs more among many"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.district", description=__doc__)
    parser.add_argument("--times", type=int, default=60, help="how often each page is asked (default 60)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ronda-bench-") as folder, own_database(folder) as environment:
        prepare(environment)
        over = run(chosen.times)
        from django.db import connections

        connections.close_all()
    if over:
        raise SystemExit("Over budget:\n  " + "\n  ".join(over))


if __name__ == "__main__":
    main()
