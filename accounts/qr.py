"""An address as a code that a camera reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def drawn(address: str, *, fits: bool = False) -> SafeString:
    """An address as a QR, drawn into the page: no picture leaves the server, no file is made. One that
    `fits` takes the width it is given, on paper as on a phone, and is never cut off."""
    code = segno.make(address, micro=False)
    svg: str = code.svg_inline(scale=6, border=3, dark="#000", light="#fff", omitsize=fits)
    return mark_safe(svg)  # noqa: S308  # segno's own drawing of our own address
