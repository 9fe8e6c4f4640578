-- Verbs of frames that give Lua values a C primitive cannot give.

primitive {
  family = "frame",
  name = "rows",
  takes = "frame",
  summary = "goes through the rows in a for loop",
  returns = "an iterator that gives the row's number and a table of its cells by column name",
  example = 'df = read "datasets/iris/iris.csv"\nfor i, r in df:head(2):rows() do print(i, r.species) end',
  run = function(df)
    local i, n = 0, #df
    return function()
      i = i + 1
      if i <= n then
        return i, df:row(i)
      end
    end
  end,
}

-- What `filter` and its like call for a function of a row (src/bind/call.c).
debug.getregistry()["assay.condition"] = function(df, test)
  local cells = {}
  for i, row in df:rows() do
    local answer = test(row)
    cells[i] = answer == NA and NA or (answer and true or false)
  end
  cells[#df + 1] = true -- so that a column without any other cell is one of booleans
  return frame{ { "condition", cells } }:head(#df).condition
end
