#!/usr/bin/env bash
# The satellite vendor's own time, `YY-MM-DD HH:MM:SS`, is read by pandas and dateutil as day-month-year: wrong by years,
# without an error.
#
# pandas 2.3.3, python-dateutil 2.9.0.post0. Input: "26-11-28 10:41:50", 28 November 2026 as RockBLOCK's webhook writes
# it. Seen: both give 26 November 2028 (pandas warns that it guesses, dateutil says nothing). Hence exports carry
# ISO 8601 only and never the vendor's text.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv py && py/bin/pip -q install pandas==2.3.3 python-dateutil==2.9.0.post0
seen=$(py/bin/python -W ignore -c '
import pandas, dateutil.parser
text = "26-11-28 10:41:50"
print(pandas.to_datetime(text).date(), dateutil.parser.parse(text).date())')
echo "$seen"
[ "$seen" = '2028-11-26 2028-11-26' ]
