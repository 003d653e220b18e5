"""Reads that join rows: whose a report is, what waits at the desk, who may be told."""

from incidents.queries.desks import Desk, category_called, desk_for, handlers, municipality_of
from incidents.queries.queue import (
    LANES,
    QUEUE,
    Lane,
    Narrowing,
    OwnReport,
    Page,
    ReportPage,
    as_listed,
    catalog,
    drawn_at,
    lane_of,
    lanes,
    own_report,
    own_reports,
    queue,
    report_page,
)
from incidents.queries.reports import Contact, contact_of, what_changed

__all__ = [
    "LANES",
    "QUEUE",
    "Contact",
    "Desk",
    "Lane",
    "Narrowing",
    "OwnReport",
    "Page",
    "ReportPage",
    "as_listed",
    "catalog",
    "category_called",
    "contact_of",
    "desk_for",
    "drawn_at",
    "handlers",
    "lane_of",
    "lanes",
    "municipality_of",
    "own_report",
    "own_reports",
    "queue",
    "report_page",
    "what_changed",
]
