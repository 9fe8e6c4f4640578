-- SPDX-License-Identifier: GPL-3.0-or-later
-- One clustering out of several.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function draw(state)
  state.x = (state.x * 1103515245 + 12345) % 2 ^ 31
  return state.x / 2 ^ 31
end

-- Seven clusterings of 90 rows in four groups, each wrong in a fifth of its cells.
local function noisy()
  local state, columns = { x = 7 }, {}
  for j = 1, 7 do
    columns[j] = { "c" .. j, {} }
  end
  for i = 1, 90 do
    for j = 1, 7 do
      local right = draw(state) < 0.8
      columns[j][2][i] = (right and (i - 1) % 4 or math.floor(draw(state) * 4)) + 1
    end
  end
  return frame(columns)
end

local names = { "c1", "c2", "c3", "c4", "c5", "c6", "c7" }

-- scipy 1.10.1: linkage(1 - co-association, "average"), fcluster(4, "maxclust"); its last heights are 0.87914079
-- 0.88373531 0.91213685 behind 0.58503401. Many distances are equal, and which of them merge first is anybody's
-- choice, so heights agree but roughly.
t.test("average linkage of the co-association, as scipy has it", function()
  local df = noisy()
  local m = df:consensus { by = names, k = 4 }
  t.ok(math.abs(m.height - 0.87914079) < 2e-3, tostring(m.height))
  local want, theirs = "123412341234123412341234123412341234123412341234123412341234123412341234123412341224123412", {}
  for i = 1, 90 do
    theirs[i] = want:sub(i, i)
  end
  local both = frame { ours = t.cells(m:predict(df).cluster), theirs = theirs }
  t.ok(both:agreement { a = "ours", b = "theirs" }.ari[1] > 0.95)
  t.eq(df:consensus { by = names }.k, 4) -- the widest range of heights
end)

t.test("clusterings that agree are their own consensus; names do not matter", function()
  local df = frame { a = { 1, 1, 2, 2, 3 }, b = { "x", "x", "y", "y", "z" }, c = { 3, 3, 1, 1, 2 } }
  local m = df:consensus { "a", "b", "c", k = 3 }
  t.eq({ m.patterns, m.agreement, m.k }, { 3, 1.0, 3 })
  t.eq(t.cells(m:predict(df).cluster), { 1, 1, 2, 2, 3 })
end)

t.test("rows without a cluster are judged by the other clusterings", function()
  local df = frame { a = { 1, 1, 2, 2, 0 }, b = { 1, 1, 2, 2, 2 }, c = { 1, 1, 2, NA, 2 } }
  t.eq(t.cells(df:consensus { "a", "b", "c", k = 2 }:predict(df).cluster), { 2, 2, 1, 1, 1 })
end)

t.test("new rows: seen patterns have their cluster, others the nearest, unknown clusters none", function()
  local df = frame { a = { 1, 1, 2, 2 }, b = { 1, 1, 2, 2 }, c = { 1, 1, 2, 2 } }
  local m = df:consensus { "a", "b", "c", k = 2 }
  local p = m:predict(frame { a = { 1, 1, 9 }, b = { 1, 2, 9 }, c = { 1, 1, 9 } })
  t.eq(t.cells(p.cluster), { 1, 1, 0 })
  t.ok(math.abs(p.agreement[2] - 2 / 3) < 1e-12)
  local path = os.getenv "TMPDIR" .. "/consensus.assay"
  m:save(path)
  t.eq(t.cells(model.load(path):predict(df).cluster), t.cells(m:predict(df).cluster))
end)

t.test("what cannot be is refused", function()
  local df = frame { a = { 1, 1, 2 }, b = { 1, 1, 2 } }
  t.raises("out-of-range", function() df:consensus { "a", "b", k = 3 } end, "2 different")
  t.raises("unknown-column", function() df:consensus { "a", "x" } end)
  t.raises("out-of-range", function() df:consensus { "a" } end, "at least 2 of them, not 1")
  t.raises("bad-data", function() df:head(0):consensus { "a", "b" } end)
end)

t.done()
