"""What people in the demo report: how often each type, at which hours, and in which words.

Invented, and weighted so that the queue looks like a district's: lamps, noise and rubbish every day,
robberies in the evening, and now and then something grave. Content, not the screen.
"""

from dataclasses import dataclass

# Weight of each hour of the day, from midnight on.
EVENING = [5, 3, 2, 1, 1, 1, 2, 3, 3, 3, 3, 4, 5, 5, 4, 5, 6, 8, 12, 15, 17, 16, 13, 9]
NIGHT = [12, 10, 8, 5, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3, 5, 8, 11, 14, 16, 16]
DAY = [0, 0, 0, 0, 0, 2, 6, 10, 10, 9, 8, 7, 7, 6, 6, 7, 8, 9, 9, 7, 4, 2, 1, 0]
RUSH = [1, 1, 0, 0, 0, 2, 8, 12, 9, 5, 4, 4, 6, 6, 4, 4, 6, 11, 13, 10, 6, 4, 2, 1]


@dataclass(frozen=True)
class Sighting:
    """One type of incident as it is reported here. `corners` are the places it clusters around."""

    code: str
    weight: int
    hours: list[int]
    texts: tuple[str, ...]
    corners: tuple[str, ...] = ()
    toggles: tuple[str, ...] = ()  # what was seen there besides, one time in three
    behaviors: tuple[str, ...] = ()


MARKET, STOP, STAIRS, AVENUE, PARK, SCHOOL = "market", "stop", "stairs", "avenue", "park", "school"
# Around these the reports cluster: latitude, longitude, how heavy, how wide in metres.
CORNERS: dict[str, list[tuple[float, float, int, int]]] = {
    MARKET: [(-12.0157, -76.9921, 5, 110), (-11.9668, -76.9951, 3, 130)],
    STOP: [(-12.0108, -77.0105, 4, 90), (-11.9534, -77.0014, 3, 120)],
    STAIRS: [(-11.9861, -76.9885, 4, 140), (-11.9448, -76.9793, 3, 160)],
    AVENUE: [(-12.0031, -77.0035, 4, 260), (-11.9765, -77.0049, 4, 300)],
    PARK: [(-12.0212, -77.0020, 3, 90), (-11.9802, -77.0176, 2, 100)],
    SCHOOL: [(-11.9914, -77.0043, 3, 100)],
}
STREETS = ["Jr. Los Cipreses", "Av. Próceres", "Calle Las Retamas", "Jr. Chincha", "Psje. Los Jazmines", ""]
REFERENCES = [
    "Frente a la losa deportiva",
    "A media cuadra del mercado",
    "Por el paradero",
    "Al costado del colegio",
    "Subiendo la escalera",
    "Espalda del parque",
    "",
    "",
]

SIGHTINGS = [
    Sighting(
        "PAT-02",
        70,
        EVENING,
        (
            "Arrebataron un celular y corrieron hacia la avenida.",
            "Le jalaron la cartera a una señora en el paradero.",
            "Dos en moto arrebataron un celular.",
            "Se llevaron una mochila dentro del mercado.",
        ),
        (MARKET, STOP, AVENUE),
    ),
    Sighting(
        "PAT-01",
        46,
        EVENING,
        (
            "Entre dos le quitaron sus cosas a un joven, lo empujaron.",
            "Asaltaron a una pareja al bajar del mototaxi.",
            "Amenazaron a un vecino para quitarle el celular.",
        ),
        (STOP, AVENUE, STAIRS),
        ("has_weapon", "is_someone_hurt"),
    ),
    Sighting(
        "PAT-06",
        18,
        NIGHT,
        ("Se llevaron los espejos de un carro estacionado.", "Robaron la batería de una combi."),
        (PARK, AVENUE),
    ),
    Sighting("PAT-05", 12, NIGHT, ("Se llevaron una moto lineal de la puerta de una casa.",), (AVENUE,)),
    Sighting(
        "PAT-04",
        10,
        EVENING,
        ("Entraron a robar a una bodega.", "Asalto a una farmacia."),
        (MARKET,),
        ("has_weapon",),
    ),
    Sighting("PAT-03", 10, DAY, ("Forzaron la puerta de una casa cuando no había nadie.",), (PARK,)),
    Sighting(
        "PAT-07", 12, RUSH, ("Asaltaron a los pasajeros de una combi.",), (STOP, AVENUE), ("has_weapon",)
    ),
    Sighting(
        "PAT-08",
        20,
        NIGHT,
        ("Rompieron la luna del paradero.", "Pintaron la pared del local comunal."),
        (PARK,),
    ),
    Sighting(
        "VID-05",
        16,
        NIGHT,
        ("Pelea entre varios a la salida de una fiesta.",),
        (PARK, STAIRS),
        ("is_someone_hurt",),
    ),
    Sighting(
        "VID-04",
        8,
        NIGHT,
        ("Golpearon a un señor; está sangrando de la cabeza.",),
        (AVENUE,),
        ("is_someone_hurt",),
    ),
    Sighting("VID-06", 6, EVENING, ("Un vecino amenaza a otro por el estacionamiento.",)),
    Sighting(
        "VID-03", 5, NIGHT, ("Se oyeron tres disparos hacia el cerro.",), (STAIRS,), ("is_in_progress",)
    ),
    Sighting(
        "CON-03",
        58,
        NIGHT,
        (
            "Música a todo volumen desde hace horas.",
            "Fiesta con parlantes en la calle.",
            "Parlante del local hasta la madrugada.",
        ),
        (PARK, AVENUE),
        ("is_in_progress",),
    ),
    Sighting(
        "CON-04",
        38,
        NIGHT,
        ("Grupo tomando en la losa.", "Toman en la escalera y no dejan pasar."),
        (PARK, STAIRS),
    ),
    Sighting(
        "CON-01",
        16,
        NIGHT,
        ("Va probando las puertas de los carros.", "Mira una y otra vez hacia la bodega y se esconde."),
        (MARKET, PARK),
        behaviors=("trying_doors", "watching_again", "hiding"),
    ),
    Sighting(
        "CON-02",
        8,
        NIGHT,
        ("Auto sin placa dando vueltas a la misma manzana.",),
        (SCHOOL,),
        behaviors=("circling",),
    ),
    Sighting("CON-06", 8, EVENING, ("Discuten por la basura frente a la casa.",)),
    Sighting("CON-07", 12, DAY, ("Ambulantes cierran la vereda; se camina por la pista.",), (MARKET, STOP)),
    Sighting(
        "CON-08", 10, DAY, ("Perro mordió a un niño.", "Perro amarrado sin agua en la azotea."), (STAIRS,)
    ),
    Sighting("DRO-02", 14, NIGHT, ("Consumen en la escalera.",), (STAIRS,)),
    Sighting("DRO-01", 8, EVENING, ("Entregan paquetes en una puerta toda la noche.",), (STAIRS,)),
    Sighting(
        "DRO-03",
        3,
        NIGHT,
        ("Joven con un arma en la mano, se fue hacia el cerro.",),
        (STAIRS,),
        ("has_weapon",),
    ),
    Sighting(
        "TRA-01",
        5,
        RUSH,
        ("Atropello en la avenida; la persona está consciente.",),
        (AVENUE,),
        ("is_someone_hurt",),
    ),
    Sighting("TRA-02", 14, RUSH, ("Choque de dos autos, nadie herido. Cierra un carril.",), (AVENUE,)),
    Sighting("TRA-03", 10, NIGHT, ("Motos haciendo piques.",), (AVENUE,), ("is_in_progress",)),
    Sighting("TRA-04", 12, DAY, ("Auto abandonado hace semanas, sin llantas.",), (PARK,)),
    Sighting("TRA-05", 8, RUSH, ("Mototaxis en doble fila; no pasa la ambulancia.",), (STOP,)),
    Sighting(
        "ENT-01",
        62,
        NIGHT,
        (
            "Poste apagado hace una semana.",
            "Toda la cuadra sin luz.",
            "Tres postes apagados en la subida.",
            "La luz de la losa no prende.",
        ),
        (STAIRS, PARK, SCHOOL),
    ),
    Sighting(
        "ENT-05",
        44,
        DAY,
        ("Basura acumulada desde el lunes.", "Desmonte en la vereda.", "Queman basura junto al mercado."),
        (MARKET, STAIRS),
    ),
    Sighting(
        "ENT-03",
        16,
        DAY,
        ("Buzón sin tapa.", "Hueco grande en la pista, ya cayó una moto."),
        (AVENUE, SCHOOL),
    ),
    Sighting("ENT-04", 12, DAY, ("Aniego: el desagüe sale a la calle.",), (MARKET,)),
    Sighting("ENT-02", 8, DAY, ("Cable caído a la altura de las personas.",), (SCHOOL,), ("is_in_progress",)),
    Sighting("ENT-08", 8, DAY, ("Juegos del parque rotos, con fierros salidos.",), (PARK,)),
    Sighting("ENT-09", 6, RUSH, ("Semáforo apagado en la avenida.",), (AVENUE,)),
    Sighting("ENT-06", 6, EVENING, ("Obra abandonada donde entra gente de noche.",), (STAIRS,)),
    Sighting("EME-04", 5, EVENING, ("Sale humo de un techo.",), (MARKET,), ("is_in_progress",)),
    Sighting("EME-03", 2, EVENING, ("Incendio en un depósito de cartón.",), (MARKET,), ("is_in_progress",)),
    Sighting("EME-01", 4, EVENING, ("Señora desmayada en la calle.",), (MARKET,)),
    Sighting("APO-01", 10, NIGHT, ("Acompañamos a una vecina desde el paradero.",), (STOP,)),
    Sighting("APO-02", 6, DAY, ("Señor mayor desorientado, lo llevamos a su casa.",), (PARK,)),
    Sighting("APO-04", 4, DAY, ("Encontramos un DNI y lo tenemos guardado.",), (STOP,)),
    Sighting(
        "FAM-01", 9, NIGHT, ("Gritos y golpes en una casa.", ""), (), ("is_in_progress", "is_child_involved")
    ),
    Sighting("FAM-02", 5, EVENING, ("",)),
    Sighting("FAM-04", 5, EVENING, ("",), (STOP,)),
    Sighting("EXT-01", 6, DAY, ("",), (MARKET,)),
    Sighting("EXT-03", 4, DAY, ("",), (MARKET,)),
    Sighting(
        "NNA-02", 2, EVENING, ("Niño pequeño solo, busca a su mamá.",), (MARKET,), ("is_child_involved",)
    ),
    Sighting("NNA-04", 3, DAY, ("",)),
    Sighting(
        "OTR-01", 8, EVENING, ("Dron volando sobre las casas.", "Venden balones de gas sin permiso."), (PARK,)
    ),
]

# What the desk writes: to itself, and to whoever reported.
NOTES = [
    "Se coordinó con la empresa de luz.",
    "Serenazgo pasó a las 22:15: sin novedad.",
    "Se pidió apoyo a la comisaría.",
    "Limpieza pública programó el recojo.",
    "Llamada al informante por Ronda: confirma.",
    "Se revisó la cámara de la esquina.",
    "Se pidió al sector aumentar la presencia el fin de semana.",
]
ANSWERS = {
    "ENT": [
        "La empresa ya lo reparó. Gracias por avisar.",
        "Limpieza pasó esta mañana. Gracias.",
        "Quedó señalizado; la obra empieza el lunes.",
    ],
    "CON": [
        "Serenazgo habló con ellos y bajaron el volumen.",
        "Se multó al local. Gracias por avisar.",
        "Pasaremos otra vez este fin de semana.",
    ],
    "PAT": [
        "Gracias. Serenazgo reforzó la esquina; por favor denuncia en la comisaría.",
        "La comisaría tiene el caso. Gracias por avisar.",
    ],
    "": [
        "Gracias por avisar. Ya está atendido.",
        "Lo vimos y quedó resuelto. Gracias.",
        "Gracias: tu reporte nos ayudó.",
    ],
}
UNFOUNDED = [
    "Fuimos y no encontramos nada. Gracias igual por avisar.",
    "No se pudo confirmar. Si vuelve a pasar, avísanos.",
    "",
]
CORRECTIONS = [
    "Fue en la cuadra siguiente.",
    "Eran tres, no dos.",
    "Ya se fueron.",
    "La hora fue más temprano, como a las 7.",
]
