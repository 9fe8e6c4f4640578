-- A start-up script to copy: to ~/.config/assay/rc.lua, or to the folder assay below XDG_CONFIG_HOME. It runs
-- before the prompt only, not in scripts and not with --no-rc. It is Lua like any other: what it
-- assigns is there at the prompt, and a failure in it is shown and does no further harm.

-- Settings, as .set shows them.
assay.set { digits = 6, card = "on", highlight = "on" }

-- Other people's modules: where require looks for them.
package.path = (os.getenv "HOME" or ".") .. "/lua/?.lua;" .. package.path

-- Short names for what is typed often. A local would be gone when this file ends.
function see(path)
  local df = read(path)
  print(df:describe())
  return df
end

-- Functions of one's own can be declared as those of assay are: then ?share_of_largest shows a page, Tab completes its
-- options and their columns, and a wrong option is refused with the nearest name.
primitive {
  family = "shop",
  name = "share_of_largest",
  takes = "frame",
  main = "column",
  summary = "how much of a column's sum its largest cell has",
  details = "Near 1 means that one row carries the whole.",
  options = {
    { name = "column", kind = "column", choices = "numeric", required = true, help = "column to look at" },
  },
  returns = "a number between 0 and 1, for cells that are not negative",
  example = 'read("datasets/iris/iris.csv"):share_of_largest("petal_length")',
  run = function(df, o)
    local largest, all = 0, 0
    for _, row in df:rows() do
      largest, all = math.max(largest, row[o.column]), all + row[o.column]
    end
    return largest / all
  end,
}
