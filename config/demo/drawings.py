"""Pictures for reports: a street in a few strokes, with nobody in it."""

import io
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

Color = tuple[int, int, int]
WIDTH, HEIGHT = 800, 600
HORIZON, CURB = 330, 470
SKIES: dict[bool, tuple[Color, Color]] = {
    True: ((18, 26, 48), (58, 62, 92)),
    False: ((150, 172, 190), (214, 216, 208)),
}
WALLS: list[Color] = [
    *[(186, 110, 82), (201, 164, 112), (122, 140, 150)],
    *[(170, 92, 98), (142, 152, 118), (196, 190, 180)],
]
LIT: Color = (245, 189, 75)


def street(dice: Random, *, is_night: bool) -> bytes:
    """A PNG of a street at the foot of a hill, by day or by night."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (WIDTH, HEIGHT))
    Street(ImageDraw.Draw(image), dice, is_night).paint()
    raw = io.BytesIO()
    image.save(raw, "PNG", compress_level=1)
    return raw.getvalue()


@dataclass
class Street:
    """One view, painted from the back to the front."""

    draw: "ImageDraw"
    dice: Random
    is_night: bool

    def paint(self) -> None:
        self._sky()
        self._hill()
        self._houses()
        self._ground()
        self._lamp()

    def _shade(self, color: Color) -> Color:
        red, green, blue = color
        return (red * 2 // 5, green * 2 // 5, blue // 2) if self.is_night else color

    def _sky(self) -> None:
        top, bottom = SKIES[self.is_night]
        for y in range(HORIZON):
            red, green, blue = (a + (b - a) * y // HORIZON for a, b in zip(top, bottom, strict=True))
            self.draw.line((0, y, WIDTH, y), fill=(red, green, blue))

    def _hill(self) -> None:
        ridge = [(x, self.dice.randint(130, 240)) for x in range(0, WIDTH + 1, 100)]
        self.draw.polygon([(0, HORIZON), *ridge, (WIDTH, HORIZON)], fill=self._shade((150, 134, 112)))
        for _ in range(90):
            x, y = self.dice.randint(0, WIDTH), self.dice.randint(235, HORIZON)
            color = LIT if self.is_night else self.dice.choice(WALLS)
            self.draw.rectangle((x, y, x + 5, y + 4), fill=color)

    def _houses(self) -> None:
        x = -20
        while x < WIDTH:
            width, roof = self.dice.randint(90, 150), self.dice.randint(210, 320)
            self.draw.rectangle((x, roof, x + width, CURB), fill=self._shade(self.dice.choice(WALLS)))
            for left in range(x + 14, x + width - 30, 42):
                is_lit = self.is_night and self.dice.random() < 0.4
                pane = LIT if is_lit else self._shade((70, 82, 92))
                self.draw.rectangle((left, roof + 24, left + 24, roof + 54), fill=pane)
            x += width + self.dice.randint(0, 8)

    def _ground(self) -> None:
        self.draw.rectangle((0, CURB, WIDTH, CURB + 26), fill=self._shade((176, 172, 164)))
        self.draw.rectangle((0, CURB + 26, WIDTH, HEIGHT), fill=self._shade((96, 98, 102)))
        for x in range(-30, WIDTH, 120):
            self.draw.rectangle((x, 550, x + 60, 556), fill=self._shade((214, 196, 120)))
        for _ in range(self.dice.randint(2, 7)):
            x, y = self.dice.randint(60, 700), self.dice.randint(CURB + 10, CURB + 60)
            heap = (x, y - 26, x + self.dice.randint(30, 90), y)
            self.draw.ellipse(heap, fill=self._shade(self.dice.choice(WALLS)))

    def _lamp(self) -> None:
        x, is_on = self.dice.randint(120, 680), self.is_night and self.dice.random() < 0.3
        self.draw.rectangle((x, 120, x + 9, CURB + 8), fill=self._shade((120, 122, 124)))
        self.draw.rectangle((x, 120, x + 74, 127), fill=self._shade((120, 122, 124)))
        bulb = LIT if is_on else self._shade((88, 90, 94))
        self.draw.ellipse((x + 58, 124, x + 84, 142), fill=bulb)
