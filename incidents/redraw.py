"""Run as a program of its own: a photo on standard input, on standard output `width height` and a JPEG.

It imports nothing of ours and gives up its rights first: whatever a file does to the library that
decodes it, it does it to a process with little memory, little time and nothing to write to.
Ends with 3 (not a picture we take), 4 (too many pixels) or 5 (broken off).
"""

import resource
import sys
from io import BytesIO

MEMORY = 640 * 1024 * 1024  # bytes of address space, Python and its libraries included
SECONDS = 15
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 2560
FORMATS = ("JPEG", "PNG", "WEBP")
NO_PICTURE, TOO_MANY_PIXELS, BROKEN_OFF = 3, 4, 5


def limit() -> None:
    """Take away from ourselves what a picture must not get."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main() -> int:
    from PIL import Image, ImageOps, UnidentifiedImageError

    limit()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image: Image.Image = Image.open(BytesIO(sys.stdin.buffer.read()), formats=FORMATS)
    except Image.DecompressionBombError:
        return TOO_MANY_PIXELS
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, MemoryError):
        return NO_PICTURE
    if image.width * image.height > MOST_PIXELS:
        return TOO_MANY_PIXELS
    try:
        # A JPEG is decoded at a half or a quarter at once where that is still enough.
        image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        image = ImageOps.exif_transpose(image)
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        clean = Image.new("RGB", image.size, "white")
        clean.paste(image, mask=image.getchannel("A") if "A" in image.getbands() else None)
    except (OSError, ValueError, SyntaxError, MemoryError, ArithmeticError, IndexError, KeyError):
        return BROKEN_OFF
    drawn = BytesIO()
    clean.save(drawn, "JPEG", quality=82, optimize=True)
    sys.stdout.buffer.write(b"%d %d\n" % clean.size + drawn.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
