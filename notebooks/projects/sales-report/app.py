"""Next month's sales, from those of the months before."""

import pandas
from sklearn.linear_model import LinearRegression

sales = pandas.read_csv("sales.csv")
model = LinearRegression().fit(sales[["month"]].values, sales["units"])
forecast = model.predict([[len(sales) + 1]])[0]
print(f"Next month: {forecast:.0f} units")
