"""How long the days are in five cities: the shortest, the longest, and the mean of each month."""

import pandas as pd

table = pd.read_csv("data/daylight.csv", parse_dates=["day"])
print(table.groupby("city")["hours"].agg(["min", "max"]).round(1))
print(table.groupby([table["day"].dt.month, "city"])["hours"].mean().unstack().round(1))
