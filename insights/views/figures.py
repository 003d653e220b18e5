"""The open figures: a page for everybody, and the same numbers as a file."""

import csv
from collections.abc import Iterator
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.doors import PublicView
from insights.queries import figures

MARK = "\ufeff"  # spreadsheets read UTF-8 only behind it
COLUMNS = ("month", "district_code", "district", "group_code", "group", "reports", "counted_on")
KEPT_FOR = 24 * 3600  # seconds: figures change once a month


class Figures(PublicView):
    """Reports by district and month."""

    why_public = "counts of at least five, a month old, counted once; they name nobody and no place"
    template_name = "insights/figures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        release = figures.released(parse_month(request.GET.get("month", ""))) or figures.released()
        if release is None:
            return self.page(release=None)
        before, after = figures.neighbors(release)
        lines = figures.lines_of(release)
        most = max((line.total for line in lines), default=0)
        return self.page(release=release, before=before, after=after, lines=lines, most=most)


class FiguresFile(PublicView):
    """All the open figures as one table."""

    why_public = "the numbers of the page beside it, and no others"

    def get(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(MARK, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="ronda-figures.csv"'
        response["Cache-Control"] = f"public, max-age={KEPT_FOR}"
        response["Vary"] = "Accept-Language, Cookie"
        writer = csv.writer(response)
        writer.writerow(
            ["month", "district_code", "district", "group_code", "group", "reports", "counted_on"]
        )
        writer.writerows([plain(cell) for cell in row] for row in rows())
        return response


def rows() -> Iterator[tuple[str, ...]]:
    """One line for each number told."""
    for figure in figures.figures():
        group = (figure.group.code, figure.group.name) if figure.group else ("", _("All other types"))
        month, counted = figure.release.month, timezone.localdate(figure.release.counted_at)
        district = (figure.district.pk, figure.district.name)
        yield (f"{month:%Y-%m}", *district, *group, str(figure.count), f"{counted:%Y-%m-%d}")


def plain(cell: str) -> str:
    """A cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def parse_month(text: str) -> date | None:
    """Read "2030-01"; what is no month asks for none."""
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
