"""One way to page: by cursor, so that the last page costs what the first does."""

from rest_framework.pagination import CursorPagination


class CursorPages(CursorPagination):
    """25 rows a page, 100 at most; the view names the ordering."""

    page_size = 25
    max_page_size = 100
    page_size_query_param = "page_size"
    ordering: tuple[str, ...] = ("-id",)
