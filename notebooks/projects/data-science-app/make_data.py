"""Writes data/daylight.csv: hours from sunrise to sunset, computed for each day of a year. It needs nothing installed.

The sun's declination is taken as -23.44 degrees times the cosine of the day's share of the year, counted from the
winter solstice; refraction and the sun's width are left out. That is right to about a quarter of an hour.
"""

import csv
import sys
from datetime import date, timedelta
from math import acos, cos, degrees, pi, radians, tan
from pathlib import Path

CITIES = {"Nairobi": -1.29, "Mumbai": 19.08, "Tokyo": 35.68, "Paris": 48.86, "Helsinki": 60.17}


def hours(latitude, day):
    declination = -23.44 * cos(2 * pi * (day.timetuple().tm_yday + 10) / 365.24)
    cosine = -tan(radians(latitude)) * tan(radians(declination))
    return 24 * degrees(acos(max(-1.0, min(1.0, cosine)))) / 180


def main(year, path):
    with Path(path).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["day", "city", "hours"])
        day = date(year, 1, 1)
        while day.year == year:
            writer.writerows([day, city, f"{hours(latitude, day):.2f}"] for city, latitude in CITIES.items())
            day += timedelta(days=1)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
