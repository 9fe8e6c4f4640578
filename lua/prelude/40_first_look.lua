-- What to do next with a table that was just read; how is in lua/first_look.lua.

local dofile, look = dofile, nil -- loaded when it is asked for

primitive {
  family = "frame",
  name = "next_steps",
  takes = "frame",
  main = "name",
  summary = "what could be done next, from what the columns look like",
  details = "Looks at names, types and the number of different cells: purchases (who, when, how much), receipts, "
    .. "baskets, answers on scales, or cases with numbers. The three lines run as they are; `name` is what the frame "
    .. "is called in them.",
  options = { { name = "name", kind = "text", default = "data", help = "the variable's name" } },
  returns = "a text of three lines",
  example = 'data = read "datasets/orders/orders.csv"\ndata:next_steps()',
  run = function(df, o)
    look = look or dofile(assay.home .. "/lua/first_look.lua")
    return look(df, o.name)
  end,
}

-- `assay FILE` of a data file (src/main): the file as `data`, its report, what is in it, what to do next.
rawset(assay, "open", function(path)
  local df = read(path)
  if not assay.interactive then
    print(df:report()) -- a prompt shows it by itself
  end
  print(df:describe())
  print(df:next_steps())
  return df
end)
