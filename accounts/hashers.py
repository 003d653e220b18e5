"""How passwords and PINs are kept: argon2id, with the memory a small server can spare."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class ModestArgon2(Argon2PasswordHasher):
    """OWASP's smallest argon2id (19 MiB, 2 passes): Django's default takes 100 MiB each time,
    and eight people signing in together would be the whole machine."""

    memory_cost = 19_456
    time_cost = 2
    parallelism = 1
