-- SPDX-License-Identifier: GPL-3.0-or-later
-- The whole story: load and check a shop's sales, segment its customers, mine its baskets, explain a figure, report

-- A shop's tills wrote every line of two years of receipts to a file. The report below it says what was found in it:
-- here 25 prices are 'n/a', and a customer is missing where somebody paid without a card.
sales = read "datasets/retailer/sales.csv"
products = read "datasets/retailer/products.csv"

-- First make it true. Product numbers were typed in two ways, some prices are in cents or missing (the list price stands
-- in), and some lines were exported twice.
list = products:rename{list = "price"}
sales = sales:mutate("product = upper(trim(product))"):distinct():join(list, {on = "product"})
sales = sales:mutate{"price = coalesce(if(price >= 50, price / 100, price), list)", "amount = quantity * price"}
sales:agg{"lines = count()", "customers = distinct(customer)", "revenue = sum(amount)", "first = min(time)", "last = max(time)"}

-- Who are the customers? Recency, frequency and monetary value are the classic three questions: when did they last buy,
-- how often, and how much.
bought = sales:filter "not (customer is missing) and quantity > 0"
rfm = bought:rfm{id = "customer", date = "time", amount = "amount", order = "receipt"}
customers = rfm:tidy():select("customer", "recency", "frequency", "monetary")
customers:head(5)

-- Five segments on these. Frequency and money are skewed, so their logarithms go in, all on one scale.
customers = customers:mutate{"visits = log(frequency)", "spend = log(monetary)"}
segments = customers:kmeans{k = 5, on = {"recency", "visits", "spend"}, scale = "zscore", silhouette = true}
customers = segments:augment(customers)
customers:group("cluster"):agg{"n = count()", "days_since = median(recency)", "orders = mean(frequency)", "money = mean(monetary)"}
segments:profile(customers, {top = 2})
plot.scatter(customers, {x = "recency", y = "monetary", color = "cluster", log = "y", title = "Customers by segment"})

-- What goes together? Each receipt is a basket.
baskets = sales:filter("quantity > 0"):baskets{id = "receipt", item = "name"}
rules = baskets:rules{support = 40, confidence = 0.3}
rules:tidy():sort("-lift"):select("lhs", "rhs", "confidence", "lift", "count"):head(6)

-- How much does a customer spend, and why? A regression says what one more member of the household goes with, other
-- things being equal.
people = read("datasets/retailer/customers.csv"):distinct()
people = people:join(customers:select("customer", "frequency", "monetary"), {on = "customer"})
fit = people:ols{"log(monetary) ~ log(frequency) + household + newsletter", missing = "drop"}
fit
fit:plot("coefficients")

-- All of it as a report in Markdown, with the charts as pictures. Without gnuplot they are texts.
report = require "report"
folder = os.getenv "ASSAY_DEMO" or os.tmpname() .. "-story"
r = report.new("A shop and its customers", folder)
r:text("%d lines of receipts, %d customers, five segments.", #sales, #customers);
r:heading "Segments":table(segments:tidy()):chart(segments:plot("segments", {x = "recency", y = "spend"}), "segments.png");
r:heading "What is bought together":table(rules:tidy():sort("-lift"), {rows = 10}):chart(rules:plot(), "rules.png");
r:heading "What goes with spending":table(fit:tidy()):chart(fit:plot("coefficients"), "coefficients.png");
r:heading "Over time":chart(plot.line(sales:resample("revenue = sum(amount)", {time = "time", every = "month"}), {x = "time", y = "revenue"}), "revenue.png");
customers:write(folder .. "/customers.csv")
segments:save(folder .. "/segments.model")
print("the report: " .. r:write())

-- Next: take your own file. `assay yours.csv` looks at it and proposes three lines to begin with.
--   ?kmeans  ?rules  ?ols  ?rfm      one page each
--   assay demo --list                more demonstrations
