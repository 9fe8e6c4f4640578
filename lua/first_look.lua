-- SPDX-License-Identifier: GPL-3.0-or-later
-- What to do next with a table that was just read: three lines that run, from what its columns look like. The file
-- gives the function of a frame and its name that df:next_steps() calls.

local function lower(name)
  return name:lower():gsub("[%s%-]", "_")
end

local function named(name, words)
  local text = lower(name)
  for _, word in ipairs(words) do
    if ("_" .. text .. "_"):find("_" .. word .. "_", 1, true) then
      return true
    end
  end
  return false
end

local who = {
  "customer", "client", "user", "member", "account", "buyer", "shopper", "household", "customerid", "userid",
}
local receipt = { "order", "invoice", "receipt", "basket", "transaction", "ticket", "invoiceno", "orderid" }
local product = { "product", "item", "article", "sku", "description", "stockcode" }
local money = { "amount", "revenue", "spend", "sales", "total", "value", "price", "monetary", "turnover" }

local number = { float64 = true, int64 = true }
local text = { category = true, string = true }

-- The columns by what they can be used for; rows: of the frame.
local function roles(df)
  local r = { numbers = {}, texts = {}, scale = {}, rows = #df }
  for _, c in df:schema():rows() do
    local repeats = c.distinct * 2 <= r.rows
    local is_id = named(c.name, { "id", "no", "nr", "number", "key", "code" })
    if c.type == "set" then
      r.set = r.set or c.name
    elseif c.type == "timestamp" then
      r.date = r.date or c.name
    elseif named(c.name, who) and repeats then
      r.who = r.who or c.name
    elseif named(c.name, receipt) and repeats then
      r.receipt = r.receipt or c.name
    elseif text[c.type] and named(c.name, product) and repeats then
      r.product = r.product or c.name
    elseif number[c.type] and not is_id and not named(c.name, who) and not named(c.name, receipt) then
      r.numbers[#r.numbers + 1] = c.name
      r.gaps = r.gaps or c.missing > 0
      if named(c.name, money) then
        r.money = r.money or c.name
      end
      if c.type == "int64" and c.distinct >= 3 and c.distinct <= 11 then
        r.scale[#r.scale + 1] = c.name
      end
    elseif text[c.type] and c.distinct >= 2 and c.distinct <= 30 then
      r.texts[#r.texts + 1] = c.name
    end
  end
  return r
end

local function quoted(names, most)
  local list = {}
  for i = 1, math.min(#names, most) do
    list[i] = ("%q"):format(names[i])
  end
  return table.concat(list, ", ")
end

-- A column's name as expressions and formulas write it.
local function plain(name)
  return name:find("^[%a_][%w_]*$") and name or "`" .. name .. "`"
end

-- Numbers with missing cells are refused by methods unless they are told to leave such rows out.
local function drop(r)
  return r.gaps and ', missing = "drop"' or ""
end

local function by_receipt(r, v)
  return ("%s:baskets{id = %q, item = %q}:rules{support = 0.01, confidence = 0.3}"):format(v, r.receipt, r.product)
end

local looks = {}

-- Sets of items: what goes with what.
looks[#looks + 1] = function(r, v)
  if r.set then
    return "baskets", {
      ("%s:itemsets{support = 0.05}"):format(v),
      ("%s:rules{support = 0.01, confidence = 0.3}:tidy():sort(\"-lift\"):head(10)"):format(v),
    }
  end
end

-- Who, when and how much: a log of purchases.
looks[#looks + 1] = function(r, v)
  if not (r.who and r.date) then
    return
  end
  local lines = {}
  local amount = r.money and (", amount = %q"):format(r.money) or ""
  lines[1] = r.money and ("%s:rfm{id = %q, date = %q%s}"):format(v, r.who, r.date, amount) or nil
  lines[#lines + 1] = ("%s:cohort{id = %q, date = %q}"):format(v, r.who, r.date)
  if r.receipt and r.product then
    lines[#lines + 1] = by_receipt(r, v)
  elseif r.money then
    lines[#lines + 1] = ("%s:resample(\"total = sum(%s)\", {time = %q, every = \"month\"})"):format(v,
      plain(r.money), r.date)
  end
  return "purchases", lines
end

-- A row per item of a receipt.
looks[#looks + 1] = function(r, v)
  if r.receipt and r.product then
    return "receipts, a row per item", {
      by_receipt(r, v),
      ("%s:count(%q)"):format(v, r.product),
    }
  end
end

-- Many questions answered on the same few numbers.
looks[#looks + 1] = function(r, v)
  if #r.scale >= 5 and #r.scale * 2 >= #r.numbers then
    local on = quoted(r.scale, 8)
    local lines = { ("%s:kmeans{k = 3, on = {%s}, silhouette = true%s}"):format(v, on, drop(r)) }
    if r.texts[1] then
      lines[2] = ("%s:crosstab{rows = %q, columns = %q, margins = true}"):format(v, r.texts[1], r.scale[1])
    end
    return "answers on scales", lines
  end
end

-- Rows that are customers, cases or things, with several numbers each.
looks[#looks + 1] = function(r, v)
  if #r.numbers >= 2 then
    local on = quoted(r.numbers, 6)
    local lines = { ("%s:kmeans{k = 4, on = {%s}, scale = \"zscore\"%s}"):format(v, on, drop(r)) }
    local y = r.money or r.numbers[#r.numbers]
    local x = r.numbers[1] ~= y and r.numbers[1] or r.numbers[2]
    local color = r.texts[1] and (", color = %q"):format(r.texts[1]) or ""
    lines[2] = ("plot.scatter(%s, {x = %q, y = %q%s})"):format(v, x, y, color)
    local formula = plain(y) .. " ~ " .. plain(x) .. (r.texts[1] and " + " .. plain(r.texts[1]) or "")
    lines[3] = r.gaps and ("%s:ols{%q%s}"):format(v, formula, drop(r)) or ("%s:ols(%q)"):format(v, formula)
    return "cases with numbers", lines
  end
end

-- Whatever it is.
local function any(r, v)
  local lines = { v .. ":describe()" }
  if r.texts[1] then
    lines[2] = ("%s:count(%q)"):format(v, r.texts[1])
  end
  if r.numbers[1] then
    lines[#lines + 1] = ("plot.hist(%s, {x = %q})"):format(v, r.numbers[1])
  end
  lines[#lines + 1] = v .. ":sample(5)"
  return lines
end

return function(df, name)
  local r = roles(df)
  local what, lines
  for _, look in ipairs(looks) do
    what, lines = look(r, name)
    if lines then
      break
    end
  end
  lines = lines or {}
  for _, line in ipairs(any(r, name)) do
    if #lines < 3 then
      lines[#lines + 1] = line
    end
  end
  return (what and "looks like " .. what .. "; try\n" or "try\n") .. "  " .. table.concat(lines, "\n  ", 1, 3)
end
