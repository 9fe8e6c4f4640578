#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Makes the data sets of this folder again that come from elsewhere, byte for byte, from files of
# Debian packages: weka 3.6.14-3, r-base-core 4.2.2, python3-sklearn 1.2.1. Needs sh, awk, gzip and
# these packages; nothing is fetched. What is generated is made by make_orders.lua and
# make_retailer.lua.
#
#   datasets/make.sh [NAME...]            writes all of them, or some
#   datasets/make.sh --check [NAME...]    writes nothing, exits with 1 where a file would change
#
# The folders with the files of weka and scikit-learn can be given in WEKA_EXAMPLES and SKLEARN_DATA.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
weka=${WEKA_EXAMPLES:-/usr/share/doc/weka/examples}
sklearn=${SKLEARN_DATA:-/usr/lib/python3/dist-packages/sklearn/datasets/data}
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

# ARFF with a column per item to lines of baskets: the names of the columns that say t; one that
# says something else is an item of its own, NAME=CELL. Cells of such files stand without quotes.
arff_to_baskets() {
  awk -F , '
    { sub(/\r$/, "") }
    /^%/ || /^[ \t]*$/ { next }
    tolower($1) ~ /^@attribute/ { split($0, part, "\047"); name[++names] = part[2]; next }
    tolower($1) == "@data" { data = 1; next }
    data {
      out = ""
      for (i = 1; i <= names; i++)
        if ($i != "?")
          out = out "," name[i] ($i == "t" ? "" : "=" $i)
      print substr(out, 2)
    }
  ' "$1"
}

# A data frame of R as CSV; the argument is an expression that gives it.
r_to_csv() {
  Rscript --vanilla -e "write.csv({ $1 }, quote = FALSE, row.names = FALSE)"
}

# Says which package is missing, unless the file can be read.
needs() {
  if [ ! -r "$2" ]; then
    echo "make.sh: $2 is not there: apt-get install $1" >&2
    exit 1
  fi
}

needs_r() {
  if ! command -v Rscript >/dev/null; then
    echo "make.sh: Rscript is not there: apt-get install r-base-core" >&2
    exit 1
  fi
}

# ---- Each data set, to standard output -------------------------------------------------------------

make_iris() {
  needs weka "$weka/iris.arff"
  arff_to_csv "$weka/iris.arff" sepal_length,sepal_width,petal_length,petal_width,species Iris- >"$scratch/iris"
  correct_iris <"$scratch/iris"
}

make_credit() {
  needs weka "$weka/credit-g.arff"
  names=checking_status,duration,credit_history,purpose,credit_amount,savings_status,employment
  names=$names,installment_commitment,personal_status,other_parties,residence_since
  names=$names,property_magnitude,age,other_payment_plans,housing,existing_credits,job
  names=$names,num_dependents,own_telephone,foreign_worker,class
  arff_to_csv "$weka/credit-g.arff" "$names" ""
}

make_supermarket() {
  needs weka "$weka/supermarket.arff"
  arff_to_baskets "$weka/supermarket.arff"
}

make_mtcars() {
  needs_r
  r_to_csv 'data.frame(model = rownames(mtcars), mtcars)'
}

make_longley() {
  needs_r
  r_to_csv 'x <- longley; names(x) <- gsub(".", "_", tolower(names(x)), fixed = TRUE); x'
}

make_usarrests() {
  needs_r
  r_to_csv 'x <- USArrests; names(x) <- c("murder", "assault", "urban", "rape"); data.frame(state = rownames(x), x)'
}

make_faithful() {
  needs_r
  r_to_csv 'faithful'
}

# A row per person instead of a table of counts.
make_titanic() {
  needs_r
  r_to_csv 'x <- as.data.frame(Titanic); names(x) <- tolower(names(x)); x[rep(seq_len(nrow(x)), x$freq), 1:4]'
}

make_airpassengers() {
  needs_r
  r_to_csv 'month <- seq(as.Date("1949-01-01"), by = "month", length.out = 144)
    data.frame(month, passengers = as.integer(AirPassengers))'
}

make_wine() {
  needs python3-sklearn "$sklearn/wine_data.csv"
  awk -F , -v OFS=, '
    NR == 1 {
      for (i = 3; i <= NF; i++)
        class[i - 3] = $i
      print "alcohol,malic_acid,ash,ash_alcalinity,magnesium,phenols,flavanoids,other_phenols," \
        "proanthocyanins,color,hue,od280_od315,proline,class"
      next
    }
    { $14 = class[$14]; print }
  ' "$sklearn/wine_data.csv"
}

make_diabetes() {
  needs python3-sklearn "$sklearn/diabetes_data_raw.csv.gz"
  echo age,sex,bmi,bp,s1,s2,s3,s4,s5,s6,progression
  gzip -dc "$sklearn/diabetes_target.csv.gz" | awk '{ printf "%.0f\n", $1 }' >"$scratch/target"
  gzip -dc "$sklearn/diabetes_data_raw.csv.gz" | tr -s ' \t' ',,' | paste -d , - "$scratch/target"
}

# ---- Writing and comparing -------------------------------------------------------------------------

# What is packed is compared unpacked: gzip's bytes are its own affair.
check() {
  case $file in
    *.gz) gzip -dc "$file" | cmp - "$scratch/made" ;;
    *) cmp "$file" "$scratch/made" ;;
  esac
}

put() {
  case $file in
    *.gz) gzip -9n <"$scratch/made" >"$file" ;;
    *) cp "$scratch/made" "$file" ;;
  esac
}

action=put
if [ "${1:-}" = --check ]; then
  action=check
  shift
fi
[ $# -gt 0 ] || set -- iris credit supermarket mtcars longley diabetes wine usarrests faithful titanic airpassengers

status=0
for name; do
  case $name in
    supermarket) file=$here/supermarket/supermarket.baskets.gz ;;
    *) file=$here/$name/$name.csv ;;
  esac
  "make_$name" >"$scratch/made"
  $action || status=1
done
exit $status
