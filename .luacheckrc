-- SPDX-License-Identifier: GPL-3.0-or-later
-- luacheck's view of assay's Lua: Lua 5.4 and the names that the program gives to scripts.
std = "lua54"
max_line_length = 120
cache = false
-- Demonstrations are typed at the prompt line by line: an expression alone is a statement there. What fuzzing found is
-- no code of ours.
exclude_files = { "lua/demos", "tests/fuzz/corpus" }

-- What a script may use without requiring it.
read_globals = {
  "assay", "NA", "frame", "read", "read_baskets", "cluster", "column", "plot", "model", "primitive", "help",
  "gt", "ge", "lt", "le", "eq", "ne", "rules", "regress", "customer", "plugin", "diff", "session",
  "demo", "step", "example", "out",
}

-- Demonstrations, lessons and tests are scripts: what they assign is theirs, as at the prompt.
for _, folder in ipairs { "lua/demos", "lua/lessons", "tests/lua", "tests/reference", "tests/consistency", "tests/bench", "plugins" } do
  files[folder] = { allow_defined_top = true }
end

-- Figures from elsewhere stand as they were printed.
files["tests/reference/data"] = { allow_defined_top = true, max_line_length = false }
