"""What the demo's people write: invented, as their neighbors might say it. Content, not the screen."""

CALM = ["Sin novedad.", "Sin novedad.", "", "", "Todo tranquilo.", "Sin novedad, vecinos en la calle."]
WEATHER = [
    "Noche despejada.",
    "Nublado, buena visibilidad.",
    "Garúa; veredas mojadas.",
    "Neblina hacia el cerro, poca visibilidad.",
    "Frío y viento.",
    "Cielo cubierto, calles secas.",
    "Calor, mucha gente en la calle.",
]
NOTES = [
    "Poste apagado frente a la losa.",
    "Tres postes seguidos sin luz en la subida.",
    "Desmonte en la vereda, no deja pasar.",
    "Acompañamos a una vecina hasta su puerta.",
    "Perros sueltos cerca del mercado.",
    "Portón del local comunal sin candado; avisamos al encargado.",
    "Buzón sin tapa en la pista; lo señalamos con ramas.",
    "Música a alto volumen en una esquina; la bajaron cuando saludamos.",
    "Paradero sin gente, más temprano que otros días.",
    "Serenazgo pasó dos veces por la avenida.",
    "Cruzamos con la camioneta de la comisaría.",
    "Basura acumulada junto al mercado.",
    "Cables caídos a la altura del colegio; llamamos a la empresa de luz.",
    "Señor mayor desorientado: lo acompañamos a su casa.",
    "Tienda abierta hasta tarde, con gente conversando. Tranquilo.",
    "Fuga de agua en la esquina.",
    "Hablamos con los mototaxistas del paradero.",
    "Vecinos piden luz en la escalera.",
]
SUMMARIES = [
    "Ronda tranquila.",
    "Sin novedad.",
    "Tranquilo. Falta luz en la subida.",
    "Todo bien, buena participación.",
    "Ronda tranquila; acompañamos a dos vecinas.",
    "Poca gente en la calle por el frío. Sin novedad.",
    "Recorrimos todos los puntos. Sin novedad.",
    "Avisamos del alumbrado. Lo demás, tranquilo.",
]
HANDOVERS = [
    "Portón del local comunal sin candado: revisar al pasar.",
    "Poste apagado frente a la losa: ya se avisó, ver si lo arreglaron.",
    "Buzón sin tapa en la pista, señalado con ramas.",
    "Reja del pasaje 3 no cierra bien.",
    "Vecina de la esquina pide que la saluden al pasar.",
    "Perro herido junto al mercado; llamamos a la municipalidad.",
]
REASONS = [
    "Lluvia fuerte anunciada.",
    "Reunión del barrio a la misma hora.",
    "La comisaría no puede acompañar hoy.",
    "Partido en el estadio: mejor no salir.",
    "Duelo en el barrio.",
]
