#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes the CSV files of this folder again from the ARFF files of Debian's package weka
# (3.6.14-3), byte for byte. Needs sh, awk and that package; nothing is fetched.
#
#   datasets/make.sh            writes iris/iris.csv and credit/credit.csv
#   datasets/make.sh --check    writes nothing, exits with 1 where a file would change
#
# The package's folder can be given in WEKA_EXAMPLES.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
source=${WEKA_EXAMPLES:-/usr/share/doc/weka/examples}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

LC_ALL=C
export LC_ALL

# ARFF to CSV. A % line is a comment; the rows follow @data; a field may stand in single
# quotes, where \ keeps the next character as it is. `header` replaces ARFF's names; `strip`
# is taken off the start of a field.
arff_to_csv() {
  awk -v header="$2" -v strip="$3" '
    # One field as RFC 4180 wants it: quoted only if it must be.
    function cell(text) {
      if (strip != "" && index(text, strip) == 1)
        text = substr(text, length(strip) + 1)
      if (text ~ /[",\r\n]/) {
        gsub(/"/, "\"\"", text)
        text = "\"" text "\""
      }
      return text
    }
    function row(line,   place, letter, quoted, field, out, separator) {
      quoted = 0; field = ""; out = ""; separator = ""
      for (place = 1; place <= length(line); place++) {
        letter = substr(line, place, 1)
        if (quoted && letter == "\\") {
          place++
          field = field substr(line, place, 1)
        } else if (letter == "\047") {
          quoted = !quoted
        } else if (letter == "," && !quoted) {
          out = out separator cell(field)
          separator = ","
          field = ""
        } else {
          field = field letter
        }
      }
      return out separator cell(field)
    }
    BEGIN { print header }
    { sub(/\r$/, "") }
    /^%/ || /^[ \t]*$/ { next }
    tolower($1) == "@data" { data = 1; next }
    data { print row($0) }
  ' "$1"
}

# UCI has two rows of iris wrong; its own iris.names says so and gives Fisher's values. A row
# that is not as expected stops the script: then the source is another file.
correct_iris() {
  awk '
    function put(wanted, instead) {
      if ($0 != wanted) {
        print "make.sh: row " NR - 1 " of iris is " $0 ", expected " wanted > "/dev/stderr"
        exit 1
      }
      $0 = instead
    }
    NR == 36 { put("4.9,3.1,1.5,0.1,setosa", "4.9,3.1,1.5,0.2,setosa") }
    NR == 39 { put("4.9,3.1,1.5,0.1,setosa", "4.9,3.6,1.4,0.1,setosa") }
    { print }
  '
}

for name in iris credit-g; do
  if [ ! -r "$source/$name.arff" ]; then
    echo "make.sh: $source/$name.arff is not there: apt-get install weka, or set WEKA_EXAMPLES" >&2
    exit 1
  fi
done

mkdir "$scratch/iris" "$scratch/credit"
arff_to_csv "$source/iris.arff" sepal_length,sepal_width,petal_length,petal_width,species Iris- \
  >"$scratch/iris/plain.csv"
correct_iris <"$scratch/iris/plain.csv" >"$scratch/iris/iris.csv"

names=checking_status,duration,credit_history,purpose,credit_amount,savings_status,employment
names=$names,installment_commitment,personal_status,other_parties,residence_since
names=$names,property_magnitude,age,other_payment_plans,housing,existing_credits,job
names=$names,num_dependents,own_telephone,foreign_worker,class
arff_to_csv "$source/credit-g.arff" "$names" "" >"$scratch/credit/credit.csv"

status=0
for name in iris credit; do
  if [ "${1:-}" = --check ]; then
    cmp "$scratch/$name/$name.csv" "$here/$name/$name.csv" || status=1
  else
    cp "$scratch/$name/$name.csv" "$here/$name/$name.csv"
  fi
done
exit $status
