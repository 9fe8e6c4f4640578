-- SPDX-License-Identifier: GPL-3.0-or-later
-- resample: periods of every unit, sequences, and every refusal. Beginnings of periods are the calendar's
-- own.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"
local NA = t.NA

local d = read(t.file(table.concat({
  "at,g,v", "2024-01-03 10:00:00,a,3", "2024-01-01 09:00:00,a,1", "2024-01-05 00:00:00,b,7",
    "2024-01-03 08:00:00,a,5",
  ",a,3", "2024-01-06 23:59:59,b,8", "" }, "\n")), { types = { at = "timestamp" } })

t.test("each group from its first to its last period; what expressions give of no rows", function()
  local r = d:resample { "n = count()", "s = sum(v)", "m = mean(v)", time = "at", every = "day", by = "g" }
  t.eq(t.names(r), { "at", "g", "n", "s", "m" })
  t.eq(t.cells(r.at), { "2024-01-01", "2024-01-02", "2024-01-03", "2024-01-05", "2024-01-06" })
  t.eq(t.cells(r.g), { "a", "a", "a", "b", "b" })
  t.eq(t.cells(r.n), { 1, 0, 2, 1, 1 })
  t.eq(t.cells(r.s), { 1, 0, 8, 7, 8 })
  t.eq(t.cells(r.m), { 1.0, NA, 4.0, 7.0, 8.0 })
end)

t.test("rows of a period are taken in order of time", function()
  local r = d:resample { "f = first(v)", "l = last(v)", time = "at", every = "day" }
  t.eq(t.cells(r.f), { 1, NA, 5, NA, 7, 8 })
  t.eq(t.cells(r.l), { 1, NA, 3, NA, 7, 8 })
end)

t.test("sequences: only what occurs, or from the first to the last of all", function()
  t.eq(t.cells(d:resample({ time = "at", every = "day", by = "g", complete = "none" }).n), { 1, 2, 1, 1 })
  t.eq(t.cells(d:resample({ time = "at", every = "day", by = "g", complete = "all" }).n),
    { 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 1 })
  t.eq(t.cells(d:resample({ time = "at", every = "day", complete = "group" }).n), { 1, 0, 2, 0, 1, 1 })
end)

t.test("a grouped frame is resampled within its groups", function()
  t.same_frame(d:group("g"):resample { time = "at", every = "day" },
    d:resample { time = "at", every = "day", by = "g" })
end)

local function begins(every, times)
  local lines = { "at" }
  for _, time in ipairs(times) do
    lines[#lines + 1] = time
  end
  local df = read(t.file(table.concat(lines, "\n") .. "\n"), { types = { at = "timestamp" } })
  return t.cells(df:resample({ time = "at", every = every, complete = "none" }).at)
end

t.test("where periods begin", function()
  local times = { "2023-12-31 22:10:05", "2024-02-29 00:00:00", "2024-03-01 13:45:59" }
  t.eq(begins("year", times), { "2023-01-01", "2024-01-01" })
  t.eq(begins("quarter", times), { "2023-10-01", "2024-01-01" })
  t.eq(begins("month", times), { "2023-12-01", "2024-02-01", "2024-03-01" })
  t.eq(begins("2 months", times), { "2023-11-01", "2024-01-01", "2024-03-01" })
  t.eq(begins("week", times), { "2023-12-25", "2024-02-26" })
  t.eq(begins("2 weeks", times), { "2023-12-25", "2024-02-19" })
  t.eq(begins("day", times), { "2023-12-31", "2024-02-29", "2024-03-01" })
  t.eq(begins("7 days", times), { "2023-12-31", "2024-02-25" })
  t.eq(begins("hour", times), { "2023-12-31 22:00:00", "2024-02-29 00:00:00", "2024-03-01 13:00:00" })
  t.eq(begins("6 hours", times), { "2023-12-31 18:00:00", "2024-02-29 00:00:00", "2024-03-01 12:00:00" })
  t.eq(begins("15 minutes", times), { "2023-12-31 22:00:00", "2024-02-29 00:00:00", "2024-03-01 13:45:00" })
  t.eq(begins("10 years", times), { "2020-01-01" })
  t.eq(begins("day", { "1969-12-31 23:59:59", "1970-01-01 00:00:00" }), { "1969-12-31", "1970-01-01" })
end)

t.test("twelve months of a year, whatever their lengths", function()
  local r = read(t.file "at\n2024-01-31\n2024-12-01\n"):resample { time = "at", every = "month" }
  t.eq(#r, 12)
  t.eq({ r.at[2], r.at[3], r.at[12] }, { "2024-02-01", "2024-03-01", "2024-12-01" })
end)

t.test("totals agree with the rows, and nothing depends on threads", function()
  local df = read "datasets/orders/orders.csv"
  local r = df:resample { "revenue = sum(quantity * price)", time = "date", every = "week", by = "product" }
  local sum = 0
  for i = 1, #r do
    sum = sum + r.revenue[i]
  end
  t.near(sum, df:agg("s = sum(quantity * price)").s[1], 1e-9)
  local program = "d = read 'datasets/orders/orders.csv' "
    .. "print(d:resample{'m = mean(price)', time = 'date', every = 'month', by = 'product'})"
  local one = t.run { "--threads", "1", "-e", program }
  t.has(one, "coffee")
  t.eq(t.run { "--threads", "7", "-e", program }, one)
end)

t.test("no rows", function()
  t.eq(#d:head(0):resample { time = "at", every = "day", by = "g" }, 0)
  t.eq(#d:head(0):resample { time = "at", every = "day" }, 0)
end)

t.test("refusals", function()
  t.raises("bad-span", function() d:resample { time = "at", every = "fortnight" } end, "units are")
  t.raises("bad-span", function() d:resample { time = "at", every = "0 days" } end)
  t.raises("bad-span", function() d:resample { time = "at", every = "20000 years" } end)
  t.raises("wrong-column-type", function() d:resample { time = "v", every = "day" } end, "'v' is int64")
  t.raises("column-twice", function() d:resample { time = "at", every = "day", by = "at" } end)
  t.raises("unknown-column", function() d:resample { "sum(w)", time = "at", every = "day" } end, "'w'")
  t.raises("missing-option", function() d:resample { time = "at" } end)
  t.raises("join-rows", function()
    read(t.file "at\n0001-01-01\n9999-12-31\n"):resample { time = "at", every = "second" }
  end, "longer periods")
end)

-- Beginnings as pandas 1.5.3 gives them: DataFrame.resample("H"), ("30min"), ("D") with tz="Europe/Berlin".
t.test("where clocks change no period stands twice, and none takes in two hours", function()
  local function in_berlin(times)
    return frame { { "s", times } }:mutate { "at = in_zone(to_timestamp(s, 'UTC'), 'Europe/Berlin')" }
  end
  local spring = in_berlin { "2024-03-30 23:30:00Z", "2024-03-31 00:30:00Z", "2024-03-31 01:30:00Z" }
  local r = spring:resample { time = "at", every = "hour" }
  t.eq(t.cells(r.at), { "2024-03-30 23:00:00Z", "2024-03-31 00:00:00Z", "2024-03-31 01:00:00Z" })
  t.eq(t.cells(r.n), { 1, 1, 1 })
  t.eq(t.cells(spring:resample { time = "at", every = "30 minutes" }.n), { 1, 0, 1, 0, 1 })
  local autumn = in_berlin { "2024-10-26 23:30:00Z", "2024-10-27 00:30:00Z", "2024-10-27 01:30:00Z" }
  r = autumn:resample { time = "at", every = "hour" }
  t.eq(t.cells(r.at), { "2024-10-26 23:00:00Z", "2024-10-27 00:00:00Z", "2024-10-27 01:00:00Z" })
  t.eq(t.cells(r.n), { 1, 1, 1 })
  t.eq(t.cells(autumn:resample { time = "at", every = "day" }.at), { "2024-10-26 22:00:00Z" })
end)

t.done()
