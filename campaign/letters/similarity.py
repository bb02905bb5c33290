"""Near-duplicate detection of letters by keyed MinHash sketches, without keeping their text.

A sketch is a MinHash of a letter's shingles (runs of words). The share of equal values in two
sketches estimates the Jaccard index of the letters (Broder, On the resemblance and containment of
documents, 1997). Shingles are hashed with a key first, so that a guessed text cannot be tested
against a sketch without the key. Locality-sensitive hashing by bands finds candidates among many
sketches (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4).
"""

import re
import struct
from collections.abc import Iterable
from hashlib import blake2b

import rensa

#: The Jaccard index of near-duplicates: the same words, reordered or with a few more. A paragraph
#: of 80 words of one's own before three campaign points keeps a letter below it.
NEAR_DUPLICATE = 0.8

_WORDS_PER_SHINGLE = 3
# At an index of 0.8, all but 4 in 10,000 pairs share a band; at 0.3, only 5 in 100 do.
BANDS = 20
_ROWS = 5
_VALUES = BANDS * _ROWS
_WORD = re.compile(r"\w+")
# 16 bits of each value are kept: two different values collide once in 65,536.
_SKETCH = struct.Struct(f">{_VALUES}H")
_LANES = int.from_bytes(_SKETCH.pack(*[0x7FFF] * _VALUES))
_TOPS = int.from_bytes(_SKETCH.pack(*[0x8000] * _VALUES))


def sketch(text: str, key: bytes) -> bytes:
    """Return the text's sketch (200 bytes) under a key of up to 64 bytes.

    Case, punctuation and line breaks make no difference. A text shorter than a shingle counts as
    one shingle.
    """
    words = _WORD.findall(text.casefold())
    last = max(1, len(words) - _WORDS_PER_SHINGLE + 1)
    shingles = {" ".join(words[at : at + _WORDS_PER_SHINGLE]) for at in range(last)}
    minhash = rensa.RMinHash(num_perm=_VALUES, seed=0)
    minhash.update([_keyed(shingle, key) for shingle in shingles])
    return _SKETCH.pack(*(value & 0xFFFF for value in minhash.digest()))


def estimated_similarity(one: bytes, other: bytes) -> float:
    """Return the estimated Jaccard index of two texts, 0 to 1, from their sketches."""
    differing = int.from_bytes(one) ^ int.from_bytes(other)
    # Set the top bit of each 16-bit lane that has any bit set, in all lanes at once.
    unlike = (((differing & _LANES) + _LANES) | differing) & _TOPS
    return 1 - unlike.bit_count() / _VALUES


def count_near_duplicates(mine: bytes, others: Iterable[bytes]) -> int:
    """Return how many of the other sketches are near-duplicates of this one."""
    return sum(estimated_similarity(mine, other) >= NEAR_DUPLICATE for other in others)


def band_hashes(made: bytes, place: str) -> tuple[int, ...]:
    """Return the sketch's LSH band hashes as signed 64-bit integers.

    `place` names campaign and office, so that letters to different offices are never compared.
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
