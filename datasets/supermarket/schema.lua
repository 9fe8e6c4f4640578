-- SPDX-License-Identifier: GPL-3.0-or-later
return {
  title = "4,627 real baskets of a supermarket in New Zealand",
  description = "A row per basket: the departments it has something of, and whether its total was low or "
    .. "high. The source declares 216 departments; these 122 occur.",
  rows = 4627,
  columns = {
    {
      name = "items",
      type = "set",
      description = "departments in the basket, and total=low or total=high",
      levels = {
        "department1", "department2", "department3", "department4", "department5", "department6", "department7",
        "department9", "grocery misc", "department11", "baby needs", "bread and cake", "baking needs",
        "juice-sat-cord-ms", "tea", "biscuits", "canned fish-meat", "canned fruit", "canned vegetables",
        "breakfast food", "cigs-tobacco pkts", "cigarette cartons", "cleaners-polishers", "coffee",
        "sauces-gravy-pkle", "confectionary", "puddings-deserts", "dishcloths-scour", "deod-disinfectant",
        "frozen foods", "razor blades", "fuels-garden aids", "spices", "jams-spreads", "insecticides", "pet foods",
        "laundry needs", "party snack foods", "tissues-paper prd", "wrapping", "dried vegetables",
        "pkt-canned soup", "soft drinks", "health food other", "beverages hot", "health&beauty misc",
        "deodorants-soap", "mens toiletries", "medicines", "haircare", "dental needs", "lotions-creams",
        "sanitary pads", "cough-cold-pain", "meat misc", "cheese", "chickens", "milk-cream", "cold-meats",
        "deli gourmet", "margarine", "salads", "small goods", "dairy foods", "fruit drinks", "delicatessen misc",
        "beef", "hogget", "lamb", "pet food", "pork", "poultry", "veal", "gourmet meat", "department79",
        "department80", "produce misc", "fruit", "plants", "potatoes", "vegetables", "variety misc", "brushware",
        "electrical", "haberdashery", "kitchen", "manchester", "pantyhose", "plasticware", "stationary",
        "prepared meals", "preserving needs", "condiments", "cooking oils", "bake off products", "department122",
        "department123", "department124", "department130", "small goods2", "offal", "mutton", "trim pork",
        "trim lamb", "imported cheese", "department137", "department141", "casks white wine", "casks red wine",
        "750ml white nz", "750ml red nz", "750ml white imp", "750ml red imp", "sparkling nz", "sparkling imp",
        "port and sherry", "department193", "non host support", "department210", "department211", "department212",
        "department213", "total=low", "total=high",
      },
    },
  },
}
