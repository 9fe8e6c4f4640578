-- SPDX-License-Identifier: GPL-3.0-or-later
-- Functions of texts and times as a user calls them; their figures are in tests/unit/test_*_functions.c.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local df = frame {
  { "name", { "Müller, Anna", "  de la CRUZ,Juan ", NA, "李" } },
  { "when", { "31.12.2023 23:30", "29.02.2024 00:00", NA, "01.07.2024 12:00" } },
  { "pattern", { "^M", "juan", "x", "." } },
}

local function refused(id, expression)
  return tostring(t.raises(id, function() df:compute { expression } end))
end

local function cells(expression)
  return t.cells(df:compute { expression })
end

t.test("texts", function()
  t.eq(cells "trim(split(name, ',', 2))", { "Anna", "Juan", NA, NA })
  t.eq(cells "upper(word(name, 1))", { "MÜLLER,", "DE", NA, "李" })
  t.eq(cells "length(name)", { 12, 18, NA, 1 })
  t.eq(cells "is_blank(name)", { false, false, true, false })
  t.eq(cells "coalesce(strip_accents(name), '?')", { "Muller, Anna", "  de la CRUZ,Juan ", "?", "李" })
  t.eq(cells "join_text('-', left(name, 1), 1.5, NA, true)",
    { "M-1.5-true", " -1.5-true", "1.5-true", "李-1.5-true" })
end)

t.test("patterns, the same in all rows and not", function()
  t.eq(cells "matches(name, '(?i)CRUZ')", { false, true, NA, false })
  t.eq(cells "matches(name, pattern)", { true, false, NA, true })
  t.eq(cells "extract(name, '(\\w+), ?(\\w+)', 2)", { "Anna", "Juan", NA, NA })
  t.eq(cells "replace_regex(trim(name), '(\\w+), ?(\\w+)', '$2 $1')",
    { "Anna Müller", "de la Juan CRUZ", NA, "李" })
end)

t.test("times, through a zone and back", function()
  df = df:mutate { "t = parse_date(when, '%d.%m.%Y %H:%M')", "z = from_zone(t, 'Europe/Berlin')" }
  t.eq(cells "t", { "2023-12-31 23:30:00", "2024-02-29 00:00:00", NA, "2024-07-01 12:00:00" })
  t.eq(cells "zone_offset(z) / 3600", { 1.0, 1.0, NA, 2.0 })
  t.eq(cells "year(in_zone(z, 'Asia/Tokyo'))", { 2024, 2024, NA, 2024 })
  t.eq(cells "wall_time(z) = t", { true, true, NA, true })
  t.eq(cells "format_date(trunc_to(z, 'quarter'), '%Y-Q%q %H:%M %z')",
    { "2023-Q4 00:00 +02:00", "2024-Q1 00:00 +01:00", NA, "2024-Q3 00:00 +02:00" })
  t.eq(cells "months_between(t, @2024-07-31)", { 6, 5, NA, 0 }) -- 7 months later it is 31 July, 23:30
  t.eq(cells "days_between(t, now()) > 0 and today() <= now()", { true, true, NA, true })
end)

t.test("what is refused says why and where", function()
  t.has(refused("bad-pattern", "matches(name, 'a(b')"), "missing closing parenthesis")
  t.has(refused("unknown-zone", "in_zone(z, 'Europe/Brelin')"), "Europe/Berlin")
  refused("not-constant", "format_date(t, pattern)")
  refused("bad-time", "parse_date(when, '%Y-%m-%d')")
  refused("wrong-type", "days_between(t, z)")
  refused("zone-mismatch", "from_zone(z, 'UTC')")
  refused("not-zoned", "in_zone(t, 'UTC')")
  refused("wrong-type", "upper(3)")
end)

t.done()
