"""Made-up relationship files of districts and ZCTAs, in the Census Bureau's shape."""

from collections.abc import Iterable

_COLUMNS = (
    "OID_CD{0}_20|GEOID_CD{0}_20|NAMELSAD_CD{0}_20|AREALAND_CD{0}_20|AREAWATER_CD{0}_20|"
    "MTFCC_CD{0}_20|FUNCSTAT_CD{0}_20|OID_ZCTA5_20|GEOID_ZCTA5_20|NAMELSAD_ZCTA5_20|"
    "AREALAND_ZCTA5_20|AREAWATER_ZCTA5_20|MTFCC_ZCTA5_20|CLASSFP_ZCTA5_20|FUNCSTAT_ZCTA5_20|"
    "AREALAND_PART|AREAWATER_PART"
)


def census_row(geoid: str, zcta: str, land: int) -> str:
    """Return the row of one piece of land, in square meters."""
    return (
        f"2119|{geoid}|Congressional District|9|9|G5200|N|2217|{zcta}|ZCTA5 {zcta}|9|9|G6350|B5|S|"
        f"{land}|0"
    )


def census_file(rows: Iterable[str], congress: int) -> bytes:
    """Return a file of these rows with the columns of a Congress, and a byte-order mark."""
    lines = (_COLUMNS.format(congress), *rows)
    return "".join(f"{line}\n" for line in lines).encode("utf-8-sig")
