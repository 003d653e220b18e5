"""What whoever reported is called at the desk: a tree of Peru and a number, drawn anew for each report.

Members are called after birds (`accounts.aliases`): no name of a report is ever a member's.
"""

import secrets

TREES = (
    "Algarrobo", "Molle", "Queñual", "Huarango", "Ceibo", "Lúcumo", "Chirimoyo", "Guanábano", "Tara",
    "Sauce", "Aliso", "Cedro", "Caoba", "Shihuahuaco", "Capirona", "Tornillo", "Pacae", "Guayacán",
    "Palo Santo", "Hualtaco", "Sapote", "Faique", "Charán", "Nogal", "Quishuar", "Colle", "Chachacomo",
    "Intimpa", "Ulcumano", "Copaiba", "Lupuna", "Aguaje", "Huasaí", "Pijuayo", "Ungurahui", "Chonta",
)  # fmt: skip


def draw() -> str:
    """Draw a name. Two reports may share one by chance; nothing is found by it."""
    return f"{secrets.choice(TREES)} {100 + secrets.randbelow(900)}"
