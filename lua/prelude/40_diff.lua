-- diff(a, b): the one name for comparing two frames or two fits; the family's table can be called.

local function compare(_, a, b, options)
  if type(a) ~= "userdata" or type(b) ~= "userdata" then
    error("diff compares two frames or two fits, not " .. type(a) .. " and " .. type(b), 2)
  end
  return a:diff(b, options)
end

setmetatable(_G.diff, { __call = compare })
