/**
 * A portable watchdog: runs a command, and kills it when file descriptor 3, whose other end only the
 * parent holds, reaches its end. The kernel closes that end however the parent dies, SIGKILL included.
 *
 * What the command itself has started, and has not put into another session, goes last.
 *
 * First argument: a scratch folder to remove after such a death ('' for none); the rest is the command.
 */
export const GUARD_SCRIPT = `
scratch=$1
shift
"$@" 3<&- &
child=$!
echo "$child" >&3
(
  read -r _ <&3
  trap '' TERM
  kill -TERM "$child"
  kill -CONT "$child"
  n=0
  while kill -0 "$child" && [ "$n" -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
  kill -0 "$child" && kill -KILL "$child"
  [ -z "$scratch" ] || rm -rf -- "$scratch"
  kill -KILL "-$$"
) >/dev/null 2>&1 </dev/null &
watcher=$!
exec 3>&-
wait "$child"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`
