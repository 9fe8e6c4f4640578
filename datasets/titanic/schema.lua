-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "Who was on board of the Titanic, and who survived",
  description = "A row per person on board: class or crew, sex, child or adult, and whether the person "
    .. "survived.",
  rows = 2201,
  columns = {
    {
      name = "class",
      type = "category",
      description = "class of the ticket, or crew",
      levels = { "1st", "2nd", "3rd", "Crew" },
    },
    { name = "sex", type = "category", description = "sex as registered", levels = { "Male", "Female" } },
    { name = "age", type = "category", description = "child or adult", levels = { "Child", "Adult" } },
    { name = "survived", type = "category", description = "whether the person survived", levels = { "No", "Yes" } },
  },
}
