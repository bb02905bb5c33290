"""The tile grid of the map: the position of each state."""

# The mainland, north to south, with Alaska, Hawaii and the territories at its sides.
_ROWS = (
    "AK .. .. .. .. .. .. .. .. .. ME",
    ".. .. .. .. .. WI .. .. .. VT NH",
    "WA ID MT ND MN IL MI .. NY MA ..",
    "OR NV WY SD IA IN OH PA NJ CT RI",
    "CA UT CO NE MO KY WV VA MD DE ..",
    ".. AZ NM KS AR TN NC SC DC .. ..",
    ".. .. .. OK LA MS AL GA .. .. ..",
    "HI .. .. TX .. .. .. .. FL .. ..",
    "GU MP AS .. .. .. .. .. .. PR VI",
)

#: State code -> (column, row), counted from 0 at the upper left.
PLACES: dict[str, tuple[int, int]] = {
    code: (column, row)
    for row, codes in enumerate(_ROWS)
    for column, code in enumerate(codes.split())
    if code != ".."
}
COLUMNS = len(_ROWS[0].split())
ROWS = len(_ROWS)
#: The size of a tile, and the distance between two, in units of the picture.
SIZE, _PITCH = 44, 48
#: The picture's size, in the same units.
WIDTH, HEIGHT = COLUMNS * _PITCH, ROWS * _PITCH
_INSET = (_PITCH - SIZE) // 2
#: State code -> upper left corner of its tile (x, y), in the same units.
CORNERS: dict[str, tuple[int, int]] = {
    code: (column * _PITCH + _INSET, row * _PITCH + _INSET)
    for code, (column, row) in PLACES.items()
}
