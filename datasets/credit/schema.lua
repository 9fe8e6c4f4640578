-- SPDX-License-Identifier: GPL-3.0-or-later
-- Levels are those that occur, in the order of the source.
return {
  title = "1,000 borrowers of a German bank, rated good or bad",
  description = "Private customers who took a loan at a bank in southern Germany in 1973 to 1975, with "
    .. "what the bank knew of them and whether the loan was paid back as agreed. Bad cases were sampled "
    .. "more often than they occur.",
  rows = 1000,
  columns = {
    {
      name = "checking_status",
      type = "category",
      unit = "DM",
      description = "balance of the checking account",
      levels = { "<0", "0<=X<200", ">=200", "no checking" },
    },
    { name = "duration", type = "int64", unit = "months", description = "duration of the loan" },
    {
      name = "credit_history",
      type = "category",
      description = "how earlier and other loans were paid",
      levels = {
        "no credits/all paid", "all paid", "existing paid", "delayed previously",
        "critical/other existing credit",
      },
    },
    {
      name = "purpose",
      type = "category",
      description = "what the loan is for",
      levels = {
        "new car", "used car", "furniture/equipment", "radio/tv", "domestic appliance", "repairs",
        "education", "retraining", "business", "other",
      },
    },
    { name = "credit_amount", type = "int64", unit = "DM", description = "amount of the loan" },
    {
      name = "savings_status",
      type = "category",
      unit = "DM",
      description = "savings account and bonds",
      levels = { "<100", "100<=X<500", "500<=X<1000", ">=1000", "no known savings" },
    },
    {
      name = "employment",
      type = "category",
      unit = "years",
      description = "time with the present employer",
      levels = { "unemployed", "<1", "1<=X<4", "4<=X<7", ">=7" },
    },
    {
      name = "installment_commitment",
      type = "int64",
      unit = "%",
      description = "instalment as a share of disposable income, as coded by the source (1 to 4)",
    },
    {
      name = "personal_status",
      type = "category",
      description = "sex and marital status",
      levels = { "male div/sep", "female div/dep/mar", "male single", "male mar/wid" },
    },
    {
      name = "other_parties",
      type = "category",
      description = "another debtor or a guarantor",
      levels = { "none", "co applicant", "guarantor" },
    },
    {
      name = "residence_since",
      type = "int64",
      description = "time at the present residence, as coded by the source (1 to 4)",
    },
    {
      name = "property_magnitude",
      type = "category",
      description = "most valuable property",
      levels = { "real estate", "life insurance", "car", "no known property" },
    },
    { name = "age", type = "int64", unit = "years", description = "age of the borrower" },
    {
      name = "other_payment_plans",
      type = "category",
      description = "instalments due elsewhere",
      levels = { "bank", "stores", "none" },
    },
    {
      name = "housing",
      type = "category",
      description = "how the borrower lives",
      levels = { "rent", "own", "for free" },
    },
    {
      name = "existing_credits",
      type = "int64",
      description = "number of loans at this bank",
    },
    {
      name = "job",
      type = "category",
      description = "kind of work",
      levels = {
        "unemp/unskilled non res", "unskilled resident", "skilled", "high qualif/self emp/mgmt",
      },
    },
    {
      name = "num_dependents",
      type = "int64",
      description = "number of people the borrower must maintain",
    },
    {
      name = "own_telephone",
      type = "category",
      description = "telephone in the borrower's name",
      levels = { "none", "yes" },
    },
    {
      name = "foreign_worker",
      type = "category",
      description = "foreign worker; the source's two codes are doubtful, see README.md",
      levels = { "yes", "no" },
    },
    {
      name = "class",
      type = "category",
      description = "how the loan went",
      levels = { "good", "bad" },
    },
  },
}
