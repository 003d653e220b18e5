"""One way to page: by cursor, so that the last page costs what the first does."""

from functools import reduce
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from rules.refusals import Invalid


class CursorPages(CursorPagination):
    """25 rows a page, 100 at most; the view names the ordering."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering: tuple[str, ...] = ("-id",)

    def get_page_size(self, request: Request) -> int | None:
        """Refuse a size we cannot give instead of giving another in silence."""
        wanted = request.query_params.get(self.page_size_query_param)
        if wanted is None:
            return self.page_size
        if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 4 and 0 < int(wanted) <= 100):
            raise Invalid({self.page_size_query_param: _("Ask for 1 to 100 rows.")})
        return int(wanted)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Refuse a cursor that is not one of ours, whatever it holds."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, OverflowError):
            raise Invalid({"cursor": _("Send back the cursor exactly as you got it.")}) from None

    def _get_position_from_instance(self, instance: Any, ordering: Any) -> str:
        """Where a page ends, also where the order is a related row's: DRF looks for one attribute of that
        name, and whoever asks for a second page would get a 500."""
        return str(reduce(getattr, ordering[0].lstrip("-").split("__"), instance))
