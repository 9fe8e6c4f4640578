-- SPDX-License-Identifier: GPL-3.0-or-later
-- p:save, p:script, p:picture and p:show: files, scripts that run by themselves, what is said when it cannot be done.
package.path = arg[0]:gsub("[^/]*$", "?.lua;") .. package.path
local t = require "lib"

local function shell(command)
  local pipe = assert(io.popen("(" .. command .. ") 2>&1"))
  local text = pipe:read "a"
  pipe:close()
  return text
end

local gnuplot = shell "command -v gnuplot" ~= ""
local iris = read "datasets/iris/iris.csv"

-- What a child of the program starts with.
local begin = [[p = plot.scatter(read "datasets/iris/iris.csv", {x = "petal_length", y = "petal_width"}) ]]

local function scatter(o)
  o = o or {}
  o.x, o.y = "petal_length", "petal_width"
  return plot.scatter(iris, o)
end

local function drawn(name, f)
  if gnuplot then
    t.test(name, f)
  else
    t.skip(name, "gnuplot is not installed")
  end
end

-- ---- without gnuplot

t.test("a script is the same every time, and has its numbers in it", function()
  local one, two = scatter({ color = "species" }):script(), scatter({ color = "species" }):script()
  t.eq(one, two)
  t.has(one, "set terminal pngcairo noenhanced size 1200,800 ")
  t.has(one, 'set output ".\\057chart.png"')
  t.has(one, 'title "setosa" with points pointtype 7 ')
  t.has(one, "\n1.4 0.2\n")
  t.lacks(one, "binary")
  t.lacks(one, "@@")
  local other = scatter():script { output = "a b.svg", width = 300, height = 200, scale = 1.5, font = "Serif,9" }
  t.has(other, 'set terminal svg noenhanced size 450,300 font "Serif,9" fontscale 1.5 ')
  t.has(other, 'set output ".\\057a b.svg"')
end)

t.test("a script in a file has all in it; much data stands beside it", function()
  local path = t.path ".gp"
  t.eq(scatter():script(path), nil)
  t.eq(t.read(path), scatter():script())
  t.eq(shell(("ls '%s.data'"):format(path)):find "^/" and "there" or "none", "none")
  local n = 70000
  local x, y = {}, {}
  for i = 1, n do
    x[i], y[i] = i, (i * 7919) % 1000
  end
  local many = plot.scatter(frame { x = x, y = y }, { x = "x", y = "y" })
  many:script { path, density = "points" }
  t.eq(#t.read(path .. ".data"), 16 * n)
  t.has(t.read(path), ".data\" binary skip=0 endian=little record=(70000) ")
  many:script(path) -- as a density it is small
  t.has(t.read(path), "matrix using")
end)

t.test("endings that are no pictures are refused, with those that are", function()
  for _, name in ipairs { "x.jpg", "x", "x.png.gz", ".png/x", "png" } do
    local e = t.raises("unknown-picture", function() scatter():save(name) end)
    t.has(e.hint, ".png")
    t.has(e.hint, ".svg")
    t.has(e.hint, ".pdf")
  end
  t.raises("unknown-picture", function() return scatter():script { output = "x.gif" } end)
end)

t.test("options out of range, of another type, or unknown are refused", function()
  local p = scatter()
  for _, o in ipairs {
    { "x.png", width = 10 }, { "x.png", height = 1e6 }, { "x.png", scale = 0 }, { "x.png", timeout = -1 },
    { "x.png", density = "many" }, { "x.png", widht = 300 }, { 3 }, {},
  } do
    t.ok(not pcall(p.save, p, o), t.show(o))
  end
  t.raises("unknown-name", function() return p.svae end)
end)

t.test("without gnuplot on PATH an error says what to install, and nothing is written", function()
  local path = t.path ".png"
  local _, err, status = t.run({ "-e", begin .. ("p:save %q"):format(path) }, "PATH=/nonexistent")
  t.eq(status, 1)
  t.has(err, "gnuplot was not found")
  t.has(err, "gnuplot-nox")
  t.eq(shell(("ls -A '%s' | grep -c '[.]assay-'"):format(path:match "^(.*)/")), "0\n")
  t.eq(io.open(path), nil)
end)

t.test("show draws text where there is no terminal", function()
  local out, err, status = t.run { "-e", begin .. "p:show() print('--') print(p)" }
  t.eq(status, 0)
  local shown, printed = out:match "^(.*)\n%-%-\n(.*)$"
  t.eq(shown:gsub("%s+$", ""), printed:gsub("%s+$", ""))
  t.eq(err, "")
  t.lacks(out, "\27")
end)

-- ---- with it

drawn("pictures of three kinds, whole", function()
  local p = scatter { color = "species", title = "`touch pwned` 50% of \"it\"" }
  local heads = { [".png"] = "^\137PNG\r\n", [".svg"] = "^<%?xml", [".pdf"] = "^%%PDF%-", [".PNG"] = "^\137PNG" }
  for ending, head in pairs(heads) do
    local path = t.path(ending)
    t.eq(p:save(path), nil)
    t.ok(t.read(path):find(head), ending)
    t.eq(#t.read(path) > 5000, true, ending)
  end
  local svg = p:picture "svg"
  t.has(svg, ">`touch pwned` 50% of \"it\"<")
  t.has(svg, ">versicolor<")
  t.has(svg, ">petal_length<")
  t.eq(io.open "pwned", nil)
end)

drawn("the size is the one asked for", function()
  local function size(o)
    return string.unpack(">I4I4", scatter():picture(o), 17)
  end
  t.eq({ size {} }, { 1200, 800, 25 })
  t.eq({ size { width = 320, height = 200 } }, { 320, 200, 25 })
  t.eq({ size { width = 320, height = 200, scale = 2 } }, { 640, 400, 25 })
end)

drawn("a script makes the picture that save makes", function()
  local folder = t.path ""
  shell(("mkdir '%s'"):format(folder))
  for _, density in ipairs { "points", "density" } do
    local p = scatter { color = "species" }
    p:script { folder .. "/one two.gp", output = "mine.svg", density = density }
    t.eq(shell(("cd '%s' && gnuplot -d 'one two.gp'"):format(folder)), "")
    p:save { folder .. "/saved.svg", density = density }
    if density == "points" then
      t.eq(t.read(folder .. "/mine.svg"), t.read(folder .. "/saved.svg"))
    end
    t.ok(#t.read(folder .. "/mine.svg") > 3000)
  end
end)

drawn("a script with data beside it runs in its folder, whatever its name", function()
  local folder = t.path ""
  shell(("mkdir '%s'"):format(folder))
  local x, y = {}, {}
  for i = 1, 70000 do
    x[i], y[i] = i, (i * 7919) % 1000
  end
  local many = plot.scatter(frame { x = x, y = y }, { x = "x", y = "y" })
  for _, name in ipairs { "plain.gp", "< touch pwned #.gp", "`touch pwned` $(touch pwned).gp", "| touch pwned;.gp" } do
    many:script { folder .. "/" .. name, density = "points", width = 200, height = 150 }
    t.eq(shell(("cd '%s' && gnuplot -d - <'%s' && ls"):format(folder, name)):find "pwned\n" == nil, true, name)
    t.ok(t.read(folder .. "/chart.png"):find "^\137PNG", name)
    os.remove(folder .. "/chart.png")
  end
  t.eq(io.open(folder .. "/pwned"), nil)
end)

drawn("file names are names and never commands", function()
  local folder = t.path ""
  shell(("mkdir '%s'"):format(folder))
  local p = scatter()
  local names = { "| touch pwned.png", "< touch pwned.png", "`touch pwned`.png", "$(touch pwned).png", "a\nb.png",
    "'\".png", "-.png", "%s%n.png", "\u{5BA2}.png" }
  for _, name in ipairs(names) do
    p:save(folder .. "/" .. name)
    t.ok(t.read(folder .. "/" .. name):find "^\137PNG", name)
  end
  t.eq(io.open(folder .. "/pwned"), nil)
  t.eq(io.open "pwned", nil)
end)

drawn("a folder that may not be written to, a full disk: the old file stays, nothing is left", function()
  local p = scatter()
  local e = t.raises("no-such-file", function() p:save "/no/such/folder/x.png" end)
  t.has(e.message, "/no/such/folder/x.png")
  local link = t.path ".png"
  shell(("ln -s /dev/full '%s'"):format(link))
  e = t.raises("file-error", function() p:save(link) end)
  t.has(e.message, "o space")
  t.eq(shell "ls -l /dev/full":sub(1, 1), "c")
  local folder = t.path ""
  shell(("mkdir '%s'; mkdir '%s/x.png'"):format(folder, folder))
  t.raises("file-error", function() p:save(folder .. "/x.png") end)
  t.eq(shell(("ls -A '%s'"):format(folder)), "x.png\n")
end)

drawn("an old picture stays when gnuplot fails", function()
  local folder = t.path ""
  shell(("mkdir '%s' '%s/bin'"):format(folder, folder))
  t.write(folder .. "/bin/gnuplot", "#!/bin/sh\nexit 1\n")
  shell(("chmod +x '%s/bin/gnuplot'; echo old >'%s/x.png'"):format(folder, folder))
  local _, err, status = t.run({ "-e", begin .. ("p:save %q"):format(folder .. "/x.png") },
    "PATH=" .. folder .. "/bin:/usr/bin:/bin")
  t.eq(status, 1)
  t.has(err, "exit status 1")
  t.eq(t.read(folder .. "/x.png"), "old\n")
  t.eq(shell(("ls -A '%s'"):format(folder)), "bin\nx.png\n")
end)

drawn("odd data give a picture or a message, never words of gnuplot's", function()
  local nan = 0 / 0
  local cases = {
    frame { x = { 1.5 }, y = { 2.5 } },
    frame { x = { 1.5, 1.5, 1.5 }, y = { 2, 3, 4 } },
    frame { x = { 1e308, -1e308 }, y = { 1, 2 } },
    frame { x = { 5e-324, 0 }, y = { 1, 2 } },
    frame { x = { 1, NA, nan, 1 / 0 }, y = { 1, 2, 3, 4 } },
    frame { x = { 1e15, 1e15 + 1 }, y = { 1, 2 } },
    frame { x = { nan, nan }, y = { 1, 2 } },
    frame({ x = { 1 }, y = { 1 } }):filter "x > 1",
  }
  for i, df in ipairs(cases) do
    local fine, e = pcall(function()
      local p = plot.scatter(df, { x = "x", y = "y" })
      t.ok(#p:picture { "png", width = 200, height = 150 } > 500, i)
      t.ok(#p:picture { "svg", width = 200, height = 150, density = "density" } > 500, i)
    end)
    local id = i > 6 and "nothing-to-draw" or (i == 3 or i == 4) and "gnuplot-range" or nil
    t.eq(not fine and e.id or nil, id, i .. ": " .. tostring(e))
  end
end)

t.done()
