-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "442 diabetes patients and how the disease went on in a year",
  description = "A row per patient: ten variables at the beginning, and a measure of how far the disease "
    .. "had gone on a year later. Values as measured, not centred or scaled.",
  rows = 442,
  columns = {
    { name = "age", type = "int64", unit = "years", description = "age of the patient" },
    { name = "sex", type = "int64", description = "sex, coded 1 and 2 by the source" },
    { name = "bmi", type = "float64", unit = "kg/m2", description = "body mass index" },
    { name = "bp", type = "float64", description = "average blood pressure" },
    { name = "s1", type = "int64", description = "total cholesterol in serum" },
    { name = "s2", type = "float64", description = "low-density lipoproteins" },
    { name = "s3", type = "float64", description = "high-density lipoproteins" },
    { name = "s4", type = "float64", description = "total cholesterol over high-density lipoproteins" },
    { name = "s5", type = "float64", description = "possibly the logarithm of triglycerides" },
    { name = "s6", type = "int64", description = "blood sugar" },
    {
      name = "progression",
      type = "int64",
      description = "progression of the disease a year later; the one to predict",
    },
  },
}
