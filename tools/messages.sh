#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Brings the catalogues of po/ up to date with the texts in the sources, or says where they are not.
#
#   tools/messages.sh           writes po/assay.pot anew and merges it into each po/LANGUAGE.po
#   tools/messages.sh --check   changes nothing; fails when a text is not in the template, a translation is missing,
#                               fuzzy or takes other arguments, or an error's text does not go through _()
#   tools/messages.sh --make PO MO    makes a catalogue
#
# Texts are those in _() and N_(). Help stays English, so its sources (*_topics.c) hold no such marks; neither is taken
# what goes into files and reports for others to read.

set -u -o pipefail
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C

english='/(session_report|write_reference|reference)\.c$|_topics\.c$|^plugins/example/'

sources() { find src plugins -name '*.[ch]' ! -path '*/tests/*' | grep -Ev "$english" | sort; }

# Sorted by file, without line numbers and dates, so that the template changes only with the texts.
template() {
  cat <<'HEAD'
# Messages of assay.
# SPDX-License-Identifier: GPL-3.0-or-later
msgid ""
msgstr ""
"Project-Id-Version: assay\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"

HEAD
  # shellcheck disable=SC2046
  xgettext --language=C --from-code=UTF-8 --keyword=_ --keyword=N_ --add-location=file --no-wrap --omit-header -o - \
    $(sources)
}

# Names of the error functions' callers whose text is a literal with words in it and stands outside of _().
untranslated_errors() {
  # shellcheck disable=SC2046
  perl -0ne '
    s{/\*.*?\*/}{ my $c = $&; $c =~ tr/\n//cd; $c }gse;
    while (/\berror_(?:set\s*\([^;"]*?,\s*"[^"]*"|hint\s*\([^;"(]*?|where\s*\([^;"(]*?),\s*((?:[^",;()]*\?\s*)?"(?:[^"\\]|\\.)*")/gs) {
      my ($text, $line) = ($1, 1 + (substr($_, 0, $-[1]) =~ tr/\n//));
      (my $words = $text) =~ s/%[-+ #0-9.*\$]*[a-zA-Z]+//g;
      print "$ARGV:$line: an error whose text does not go through _(): $text\n" if $words =~ /[A-Za-z]{2}/;
    }' $(sources) /dev/null
}

texts() { msgcat --no-location --no-wrap --sort-output "$1"; }

check() {
  local status=0 new po said
  command -v xgettext msgfmt >/dev/null || { echo "messages: the package gettext is missing" >&2; return 1; }
  new=$(mktemp -d) || return 1
  template >"$new/assay.pot" || status=1
  if ! diff <(texts po/assay.pot) <(texts "$new/assay.pot") >"$new/changes"; then
    echo "messages: po/assay.pot is not up to date; run tools/messages.sh and translate what is new"
    grep '^[<>] "\|^[<>] msgid' "$new/changes" | head -n 20
    status=1
  fi
  for po in po/*.po; do
    said=$(msgmerge -q --no-fuzzy-matching -o "$new/merged.po" "$po" "$new/assay.pot" 2>&1 &&
      msgfmt --check-format --check-domain --statistics -o /dev/null "$new/merged.po" 2>&1) || status=1
    [[ $said =~ ^[0-9]+\ translated\ messages\.$ ]] || { echo "messages: $po: $said"; status=1; }
  done
  said=$(untranslated_errors)
  [[ -z $said ]] || { echo "$said"; status=1; }
  rm -r "$new"
  return $status
}

update() {
  local po
  template >po/assay.pot || exit 1
  for po in po/*.po; do
    msgmerge -q --update --backup=none --no-wrap --no-fuzzy-matching --add-location=file "$po" po/assay.pot || exit 1
    msgattrib --no-obsolete --no-wrap -o "$po" "$po" || exit 1
    printf '%s: ' "$po"
    msgfmt --check-format --check-domain --statistics -o /dev/null "$po" || exit 1
  done
}

# gettext leaves PRId64 and its like open until the program runs; the program's reader wants them as the compiler has
# them in the texts.
make_catalogue() {
  local int64 uint32 uint64
  IFS== read -r _ int64 uint32 uint64 < <(printf '#include <inttypes.h>\n= PRId64 = PRIu32 = PRIu64\n' |
    ${CC:-cc} -E -P - | tail -n 1 | tr -d ' "')
  [[ -n ${uint64:-} ]] || { echo "messages: the compiler does not say what PRId64 is" >&2; exit 1; }
  sed "s/<PRId64>/$int64/g; s/<PRIu32>/$uint32/g; s/<PRIu64>/$uint64/g" "$1" |
    msgfmt --check-format --check-domain -o "$2" -
}

case ${1:-} in
  --make) make_catalogue "$2" "$3" ;;
  --check) check ;;
  '') update ;;
  *) sed -n '3,/^$/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
