-- SPDX-License-Identifier: GPL-3.0-or-later
-- Segments of bank customers: load, describe, segment, profile, draw, save

-- A thousand real customers of a German bank who asked for a credit come with the program. Reading a file reports what
-- was decided about its columns.
customers = read "datasets/credit/credit.csv"

-- What is in it? Three columns say how large a customer's business is: the amount of the credit, its duration in
-- months, and the customer's age.
customers:select("duration", "credit_amount", "age", "purpose", "class"):describe()

-- Four segments on these three. Amounts are in the thousands and ages below a hundred, so they are put on one scale first;
-- refine = "swap" goes on where plain k-means stops short of the best.
-- The card has a row per segment: its size, and its centre in the data's own units.
on = {"duration", "credit_amount", "age"}
segments = customers:kmeans{k = 4, on = on, scale = "zscore", refine = "swap", silhouette = true}
segments

-- How sure is it? Any figure explains itself with this model's numbers.
segments:why("betweenss")

-- What sets each segment apart, over all 21 columns, also those the fit never saw? `difference` is in standard
-- deviations: beyond 0.5 either way is worth a look, beyond 0.8 is plain to see.
segments:profile(customers, {top = 3})

-- The segments, drawn. `augment` adds the number of the segment to every customer.
customers = segments:augment(customers)
plot.scatter(customers, {x = "duration", y = "credit_amount", color = "cluster"})
segments:plot("sizes")

-- A model is data: it is saved in one file, and what is read back says the same of every customer.
path = os.tmpname()
segments:save(path)
again = model.load(path)
same = 0
for i, row in again:predict(customers):rows() do same = same + (row.cluster == customers.cluster[i] and 1 or 0) end
print(same .. " of " .. #customers .. " customers are in the same segment after saving and loading")
os.remove(path);

-- Next: take your own file. At the prompt (run assay without arguments):
--   df = read "your.csv"
--   df:describe()
--   seg = df:kmeans{k = 4, on = {"a", "b"}, scale = "zscore"}
--   seg:profile(df)
-- and ?kmeans tells the rest.
