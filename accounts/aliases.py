"""What a member is called by everybody but the coordinator: a bird of Peru and a number."""

import secrets
from collections.abc import Container

BIRDS = (
    "Picaflor", "Gallito", "Cóndor", "Zorzal", "Chirigüe", "Huanchaco", "Cuculí", "Turtupilín",
    "Pelícano", "Zarcillo", "Guanay", "Piquero", "Perdiz", "Tucán", "Guacamayo", "Cernícalo",
    "Lechuza", "Gavilán", "Jilguero", "Golondrina", "Parihuana", "Suri", "Huerequeque",
    "Cortarrama", "Chilalo", "Tuquito", "Garza", "Ibis", "Carpintero", "Santarrosita",
    "Tangara", "Quetzal", "Martín", "Chorlito", "Playero", "Rayador", "Cormorán", "Águila",
)  # fmt: skip
DIGITS = (2, 2, 2, 3, 3, 4, 5, 6)


def draw(taken: Container[str]) -> str:
    """Draw an alias nobody in the organization has; short ones first."""
    for digits in DIGITS:
        number = 10 ** (digits - 1) + secrets.randbelow(9 * 10 ** (digits - 1))
        alias = f"{secrets.choice(BIRDS)} {number}"
        if alias not in taken:
            return alias
    return f"{secrets.choice(BIRDS)} {secrets.token_hex(4)}"
