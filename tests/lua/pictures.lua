-- SPDX-License-Identifier: GPL-3.0-or-later
-- The pictures of README.md are those that doc/pictures/make.lua makes today.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

for _, name in ipairs { "segments", "rules", "coefficients" } do
  t.test(name, function()
    local made = os.tmpname()
    os.remove(made)
    os.execute("mkdir " .. made)
    local _, err, status = t.run { "doc/pictures/make.lua", made }
    if status ~= 0 and err:find("gnuplot", 1, true) then
      err = nil -- no picture without it; the script is there all the same
    end
    t.ok(err == nil or status == 0, err)
    t.eq(t.read(made .. "/" .. name .. ".gp"), t.read("doc/pictures/" .. name .. ".gp"),
      "stale: ./assay doc/pictures/make.lua doc/pictures")
    os.execute("rm -r " .. made)
  end)
end

t.done()
