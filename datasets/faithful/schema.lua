-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "272 eruptions of the Old Faithful geyser and the waits between them",
  description = "A row per eruption of a geyser in Yellowstone National Park: how long it took and how long "
    .. "the wait for the next one was.",
  rows = 272,
  columns = {
    { name = "eruptions", type = "float64", unit = "min", description = "duration of the eruption" },
    { name = "waiting", type = "int64", unit = "min", description = "time until the next eruption" },
  },
}
