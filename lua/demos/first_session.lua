-- SPDX-License-Identifier: GPL-3.0-or-later
-- First session: read a file, look at it, ask questions of it, draw it

-- A small shop's orders of two years come with the program: who bought what, when and for how much. Reading a file says
-- what was decided about its columns. Look at `customer`: why is it no number?
orders = read "datasets/orders/orders.csv"

-- A name alone shows its value. A table is cut to fit the screen, and says so; types stand below the names.
orders:head(4)

-- `describe` sums up every column, as a table. Look at `missing`, and at the smallest and largest price.
orders:describe():select("name", "type", "missing", "distinct", "min", "max")

-- New columns are written as expressions, in quotes. Nothing is changed in place: `orders` is given the new table.
orders = orders:mutate "amount = quantity * price"
orders:head(3)

-- `filter` keeps the rows for which a condition is true, `sort` with a minus puts the largest first.
orders:filter("amount > 60"):sort("-amount"):head(4)

-- `group` and `agg` answer most questions about a table. Which products bring the most money? Look at `share`.
products = orders:group("product"):agg("revenue = sum(amount)")
products = products:mutate("share = revenue / sum(revenue)")
products:sort("-revenue"):head(5)

-- Now you. How many different customers are there? `distinct(x)` counts different values, and without `group` the whole
-- table is one group. Put the table with one column, called `customers`, into the variable `answer`.
--? answer
--! agg{"name = expression"} makes a table, here with name customers and expression distinct(customer)
answer = orders:agg{"customers = distinct(customer)"}

-- And one more: show the five largest single lines, the whole rows, by `amount`.
--?
--! sort first, then head(5)
orders:sort("-amount"):head(5)

-- A picture says more. Revenue by month: look for the season.
by_month = {time = "date", every = "month"}
months = orders:resample("revenue = sum(amount)", by_month)
plot.line(months, {x = "date", y = "revenue"})

-- Help is one key away: ?head shows a page, ?head.n one option, ?"months" searches all pages, and example "head" runs the
-- example of a page. Type one of them, or go on.

-- Try next, at this prompt or any other:
--   ?kmeans
--   orders:rfm{id = "customer", date = "date", amount = "amount"}
--   demo "scaling"
--   df = read "your.csv"
