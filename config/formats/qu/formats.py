from config.formats.es.formats import *  # noqa: F403  # Quechua speakers of Peru write numbers and dates the same way
