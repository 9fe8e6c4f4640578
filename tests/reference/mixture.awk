# SPDX-License-Identifier: GPL-3.0-or-later
#
# A mixture of round Gaussian components, drawn in whole numbers from a generator small enough
# for doubles, so that every awk on every machine writes the same bytes. Prints a header x1,x2...
# and a row per point; components follow one another.
#
#   seed        start of the generator, 1 to 2147483646
#   dimensions  columns
#   side        centres lie in 0 .. side-1 in every column
#   gap         least distance between two centres (a centre too near is drawn again)
#   spread      standard deviation of a component in thousands, a whole number
#   sizes       "100x3,20x2": three components of 100 points, then two of 20
#
# Generator: x = 16807 x mod 2147483647 (Park and Miller 1988, "Random number generators: good ones
# are hard to find", Communications of the ACM 31). A whole number below m is x mod m. A normal
# deviate is the sum of twelve numbers below 1001, less 6000: mean 0, standard deviation 1001,
# within 6 of them. The first 100 numbers are thrown away.

function draw(below) {
  state = (16807 * state) % 2147483647
  return state % below
}

function normal(   i, sum) {
  sum = -6000
  for (i = 0; i < 12; i++)
    sum += draw(1001)
  return sum
}

function too_near(which,   other, column, distance, difference) {
  for (other = 1; other < which; other++) {
    distance = 0
    for (column = 1; column <= dimensions; column++) {
      difference = centre[which, column] - centre[other, column]
      distance += difference * difference
    }
    if (distance < gap * gap)
      return 1
  }
  return 0
}

BEGIN {
  state = seed
  for (i = 0; i < 100; i++)
    draw(2)

  groups = split(sizes, group, ",")
  for (i = 1; i <= groups; i++) {
    split(group[i], part, "x")
    for (j = 0; j < part[2]; j++)
      size[++components] = part[1]
  }

  for (c = 1; c <= components; c++)
    do {
      for (column = 1; column <= dimensions; column++)
        centre[c, column] = draw(side)
    } while (too_near(c))

  for (column = 1; column <= dimensions; column++)
    printf "%sx%d", (column > 1 ? "," : ""), column
  print ""

  for (c = 1; c <= components; c++)
    for (i = 0; i < size[c]; i++) {
      for (column = 1; column <= dimensions; column++)
        printf "%s%d", (column > 1 ? "," : ""), centre[c, column] + spread * normal()
      print ""
    }
}
