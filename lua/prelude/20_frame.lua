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
