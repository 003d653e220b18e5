"""The code of conduct that people signed says what it said when they signed it."""

from hashlib import sha256

import pytest
from django.utils.translation import override

from patrols.states import CODES, CURRENT_CODE

# Version and language -> the words, as they were signed. A changed word is a new version.
SIGNED = {
    (1, "es"): "dcf3c26ec8c917b6f94ad472928a368be05de4abb2c15d675e49749c3961473b",
    (1, "en"): "00412044d73bb60ddd38ec2a0c68789b5195b2ec5ba4270426f5689ca4e42d2a",
}


def words_of(version, language):
    with override(language):
        return sha256("\n".join(map(str, CODES[version])).encode()).hexdigest()


def test_the_current_code_is_the_newest():
    assert max(CODES) == CURRENT_CODE


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("version", CODES)
def test_a_signed_version_never_changes(version, language):
    assert words_of(version, language) == SIGNED[version, language]


def test_the_code_speaks_spanish():
    with override("es"):
        assert str(CODES[CURRENT_CODE][0]).startswith("Miro, anoto, llamo")
