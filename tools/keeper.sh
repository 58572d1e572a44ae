#!/bin/sh
# sh keeper.sh <pid file> <command> [arguments…]: runs a foreign program that must not outlive whoever started us.
#
# The starter holds the other end of our standard input. It closes when the starter ends, however that happens (kill -9
# included); then the program is stopped. Started in a process group of its own, so that Ctrl-C in the starter's terminal
# does not reach the program before its users have shut down. The pid file lets the next start find a program whose
# keeper was killed as well. A shell, because it lives as long as the program does and takes a megabyte, not forty.

kill_after_seconds=5
pid_file=$1
shift
if [ "$#" -eq 0 ]; then
  echo 'usage: keeper.sh <pid file> <command> [arguments…]' >&2
  exit 64
fi

# Nobody may read its output any more: no reason to die before it has stopped in order.
trap '' PIPE
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
trap 'kill -TERM "$program" 2>/dev/null' TERM INT HUP
# On a full disk there is no pid file: the program runs all the same.
{ echo "$program" >"$pid_file"; } 2>/dev/null

(
  read -r _ <&3
  nap=
  trap 'kill "$nap" 2>/dev/null; exit 0' TERM
  kill -TERM "$program" 2>/dev/null
  sleep "$kill_after_seconds" &
  nap=$!
  wait "$nap"
  kill -KILL "$program" 2>/dev/null
) >/dev/null 2>&1 &
watcher=$!
exec 3<&-

# A signal ends the wait, not the program.
wait "$program"
code=$?
while kill -0 "$program" 2>/dev/null; do
  wait "$program"
  code=$?
done
kill "$watcher" 2>/dev/null
rm -f "$pid_file"
exit "$code"
