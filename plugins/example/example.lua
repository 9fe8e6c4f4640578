-- SPDX-License-Identifier: GPL-3.0-or-later
-- example.digits: the first digits of a column, counted. A plugin may be a file like this one alone.

local NA = NA

-- The first digit of a number, nil when it has none.
local function first_digit(x)
  return tonumber(("%.15g"):format(x):match "^[-0.]*([1-9])")
end

primitive {
  family = "example", name = "digits", takes = "frame", main = "column",
  summary = "first digits, counted beside Benford's shares",
  options = {
    { name = "column", kind = "column", choices = "numeric", required = true, help = "column of numbers" },
  },
  returns = "a frame of nine rows: digit count share expected",
  example = 'df = read "datasets/credit/credit.csv"\ndf:digits "credit_amount"',
  run = function(df, options)
    local column, count, n = df:col(options.column), {}, 0
    for i = 1, #df do
      local digit = column[i] ~= NA and first_digit(column[i])
      if digit then
        count[digit] = (count[digit] or 0) + 1
        n = n + 1
      end
    end
    local digits, counts, shares, expected = {}, {}, {}, {}
    for d = 1, 9 do
      digits[d], counts[d], shares[d] = d, count[d] or 0, n > 0 and (count[d] or 0) / n or NA
      expected[d] = math.log(1 + 1 / d, 10)
    end
    return frame { { "digit", digits }, { "count", counts }, { "share", shares }, { "expected", expected } }
  end,
}
