"""How alike two letters are, told from fingerprints that say nothing about what is in them.

A letter's sketch is a MinHash of its shingles (runs of words): of two sketches the share of equal
values estimates the share of shingles that the letters have in common (their Jaccard index; Broder,
On the resemblance and containment of documents, 1997). Shingles are hashed with a key first, so
that without the key nobody can test whether a guessed text is behind a sketch. Bands find what is
alike among many without reading all of it (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets,
3.4): letters that share a band are worth comparing.
"""

import re
import struct
from collections.abc import Iterable
from hashlib import blake2b

import rensa

#: Letters that share this much are very alike: the same words, moved about or with a few more. A
#: paragraph of 80 own words before three points of a campaign makes a letter that is not.
VERY_LIKE = 0.8

_WORDS_A_SHINGLE = 3
# Of letters that share 0.8, all but 4 in 10,000 have a band in common; of those that share 0.3,
# 5 in 100 do.
BANDS = 20
_ROWS = 5
_VALUES = BANDS * _ROWS
_WORD = re.compile(r"\w+")
# 16 bits of each value: two that differ are taken for equal once in 65,536.
_SKETCH = struct.Struct(f">{_VALUES}H")
_LANES = int.from_bytes(_SKETCH.pack(*[0x7FFF] * _VALUES))
_TOPS = int.from_bytes(_SKETCH.pack(*[0x8000] * _VALUES))


def sketch(text: str, key: bytes) -> bytes:
    """Return the text's sketch under a key of up to 64 bytes: 200 bytes, alike for texts alike.

    Case, punctuation and line breaks make no difference. A text of fewer words than a shingle has
    is one shingle.
    """
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - _WORDS_A_SHINGLE + 1)
    shingles = {" ".join(words[at : at + _WORDS_A_SHINGLE]) for at in range(last)}
    made = rensa.RMinHash(num_perm=_VALUES, seed=0)
    made.update([_keyed(shingle, key) for shingle in shingles])
    return _SKETCH.pack(*(value & 0xFFFF for value in made.digest()))


def likeness(one: bytes, other: bytes) -> float:
    """Return the share of their shingles that two texts have in common, estimated: 0 to 1."""
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    # A lane's top bit is set where any bit of the lane is: all lanes at once, without a loop.
    unlike = (((differing & _LANES) + _LANES) | differing) & _TOPS
    return 1 - unlike.bit_count() / _VALUES


def very_like(mine: bytes, others: Iterable[bytes]) -> int:
    """Return how many of the others are very like this one."""
    return sum(likeness(mine, other) >= VERY_LIKE for other in others)


def bands(made: bytes, place: str) -> tuple[int, ...]:
    """Return the sketch's bands, by which letters alike are found: signed numbers of 64 bits.

    `place` is the campaign and office, so that bands of two places never meet.
    """
    width = len(made) // BANDS
    return tuple(
        _number(place, bytes([band]) + made[band * width : (band + 1) * width])
        for band in range(BANDS)
    )


def _keyed(shingle: str, key: bytes) -> bytes:
    return blake2b(shingle.encode("utf-8"), digest_size=8, key=key).digest()


def _number(place: str, part: bytes) -> int:
    digest = blake2b(place.encode("utf-8") + b"\x1f" + part, digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
