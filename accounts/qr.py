"""An address as a code that a camera reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str, scale: int = 6) -> SafeString:
    """An address as a QR, drawn into the page: no picture leaves the server, no file is made."""
    svg: str = segno.make(address, micro=False).svg_inline(scale=scale, border=3, dark="#000", light="#fff")
    return mark_safe(svg)  # noqa: S308  # segno's own drawing of our own address
