-- SPDX-License-Identifier: GPL-3.0-or-later
-- Collections of CSV files of other projects: csv-spectrum against its JSON, the cases of data.table and DuckDB
-- against a
-- table of what each is. Skipped where ASSAY_TESTDATA has not got them.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local folder = (os.getenv "ASSAY_TESTDATA" or "../shared/data") .. "/csv"

local function have(path)
  local file = io.open(path, "rb")
  if file then
    file:close()
  end
  return file ~= nil
end

local function files_of(path)
  local pipe = io.popen(("find '%s' -type f | LC_ALL=C sort"):format(path))
  local files = {}
  for name in pipe:lines() do
    files[#files + 1] = name
  end
  pipe:close()
  return files
end

if not have(folder .. "/csv-spectrum/simple.csv") then
  t.skip("CSV collections", "ASSAY_TESTDATA has none")
  return t.done()
end

t.test("csv-spectrum is as its JSON says", function()
  local names = { "comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "newlines", "newlines_crlf",
    "quotes_and_newlines", "simple", "simple_crlf", "utf8" }
  for _, name in ipairs(names) do
    local path = folder .. "/csv-spectrum/" .. name
    local got, want = read(path .. ".csv", { types = "string" }), read(path .. ".json", { types = "string" })
    t.eq(t.names(got), t.names(want), name)
    t.eq(#got, #want, name)
    for _, column in ipairs(t.names(want)) do
      local cells, wanted = t.cells(got:col(column)), t.cells(want:col(column))
      for i, cell in ipairs(wanted) do
        -- the JSON of the CRLF files writes their line breaks as LF in some, as CRLF in others
        local a = cells[i] == NA and "" or cells[i]:gsub("\r\n", "\n")
        t.eq(a, cell:gsub("\r\n", "\n") .. "", name)
      end
    end
  end
end)

-- rows, columns and rows rejected of files by name
local data_table = {
  ["530_fread.txt"] = { 48, 4, 1 },
  ["536_fread_fill_1.txt"] = { 22, 3, 0 },
  ["536_fread_fill_2.txt"] = { 22, 3, 0 },
  ["536_fread_fill_3_extreme.txt"] = { 3, 3, 0 },
  ["536_fread_fill_4.txt"] = { 22, 3, 0 },
  ["1680-fread-header-encoding.csv"] = { 4, 3, 0 },
  ["doublequote_newline.csv"] = { 36, 2, 0 },
  ["fread_blank.txt"] = { 8, 3, 0 },
  ["fread_blank2.txt"] = { 5, 3, 0 },
  ["fread_blank3.txt"] = { 5, 3, 0 },
  ["gb18030.txt"] = { 1, 3, 0 },
  ["issue_1087_utf8_bom.csv"] = { 1, 3, 0 },
  ["issue_1164_json.txt"] = { 1, 2, 0 },
  ["issue_1330_fread.txt"] = { 5, 2, 0 },
  ["issue_563_fread.txt"] = { 4, 2, 0 },
  ["issue_773_fread.txt"] = { 26, 3, 1 },
  ["russellCRLF.csv"] = { 19, 4, 0 },
  ["russellCRCRLF.csv"] = { 19, 4, 0 },
  ["allchar.csv.gz"] = { 17576, 2, 0 },
  ["alluniquechar.csv.gz"] = { 500, 8, 0 },
  ["grr.csv.gz"] = { 2838, 12, 0 },
  ["SA2-by-DJZ.csv.gz"] = { 1382, 3, 0 },
  ["issue_2051.csv.gz"] = { 2, 50, 0 },
}

local duckdb = {
  ["auto/no_header.csv"] = { 2, 3, 0 },
  ["auto/pipe_delim_quote.csv"] = { 3, 3, 0 },
  ["auto/quote_escape.csv"] = { 3, 3, 0 },
  ["auto/backslash_escape.csv"] = { 3, 3, 0 },
  ["auto/single_quote_backslash.csv"] = { 3, 3, 0 },
  ["auto/semicolon_quote.csv"] = { 3, 3, 0 },
  ["auto/multi_column_string_r.csv"] = { 9, 4, 0 },
  ["auto/multi_column_string_mix.csv"] = { 9, 4, 0 },
  ["auto/multi_column_string_mix_r_n.csv"] = { 9, 4, 0 },
  ["test/error_too_many.csv"] = { 5, 2, 1 },
  ["test/error_too_little.csv"] = { 6, 2, 0 },
  ["test/mixed_line_endings.csv"] = { 3, 3, 0 },
  ["test/test.csv"] = { 5000, 3, 0 },
  ["test/new_line_string.csv"] = { 3, 4, 0 },
  ["unescaped_quotes/unescaped_quote.csv"] = { 6, 2, 0 },
  ["unescaped_quotes/stops.csv"] = { 9, 4, 0 },
  ["rejects/unquoted/basic.csv"] = { 6, 2, 0 },
  ["17738.csv"] = { 6, 6, 0 },
  ["thousands_separator/integers.csv"] = { 4, 1, 0 },
}

-- Each file is read, or refused with a reason and a cure; what the table knows must be so.
local function go_through(root, wanted)
  local seen, read_in, wrong = 0, 0, {}
  for _, path in ipairs(files_of(root)) do
    local name = path:sub(#root + 2)
    local fine, df = pcall(read, path, { format = "csv" })
    if fine then
      read_in = read_in + 1
      local want = wanted[name]
      if want then
        seen = seen + 1
        local got = { #df, #t.names(df), #df:rejects() }
        if not t.same(got, want) then
          wrong[#wrong + 1] = name .. ": " .. t.show(got) .. ", want " .. t.show(want)
        end
      end
    else
      t.ok(type(df) == "userdata" and df.id ~= "internal" and #df.message > 0, name .. ": " .. tostring(df))
      t.eq(wanted[name], nil, name .. ": " .. tostring(df))
    end
  end
  t.eq(wrong, {})
  return seen, read_in
end

local function size(list)
  local n = 0
  for _ in pairs(list) do
    n = n + 1
  end
  return n
end

t.test("data.table's files", function()
  t.eq((go_through(folder .. "/data.table", data_table)), size(data_table))
end)

t.test("DuckDB's files", function()
  local root = t.path ""
  os.execute(("mkdir -p '%s' && tar xzf '%s' -C '%s'"):format(root, folder .. "/duckdb-data-csv.tar.gz", root))
  local seen, read_in = go_through(root .. "/data/csv", duckdb)
  os.execute(("rm -rf '%s'"):format(root))
  t.eq(seen, size(duckdb))
  t.ok(read_in > 900, read_in)
end)

t.done()
