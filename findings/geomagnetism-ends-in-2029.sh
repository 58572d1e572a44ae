#!/usr/bin/env bash
# geomagnetism 0.2.0 throws for every date from 14 November 2029 on, seven weeks before the model WMM2025 that it holds ends, and without a date
# argument too: a map that shows magnetic bearings stops on that day.
#
# Input: its own published call with dates around the day. Seen: 12 November works, 14 November throws ("valid from … to Tue Nov 13 2029").
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null && npm install --silent --no-audit --no-fund geomagnetism@0.2.0
seen=$(node -e '
const geomagnetism = require("geomagnetism")
const at = (text) => { try { return geomagnetism.model(new Date(text)).point([36.8, -121.9]).decl.toFixed(1) } catch (error) { return "throws" } }
console.log(["2026-11-28", "2029-11-12", "2029-11-14"].map((day) => `${day} ${at(day)}`).join(", "))')
echo "geomagnetism 0.2.0: $seen"
case "$seen" in "2026-11-28 "1[0-9].[0-9]", 2029-11-12 "1[0-9].[0-9]", 2029-11-14 throws") ;; *) exit 1 ;; esac
