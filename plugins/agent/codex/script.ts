import { quote } from '../../../core/kit/shell.ts'

/** What one start is made of. */
export type Start = {
  readonly program: string
  readonly workspace: string
  readonly folder: string
  readonly socket: string
  /** The first words, as a word of the shell. */
  readonly firstWords: string
  /** Arguments of the app-server, after `--listen`. */
  readonly server: readonly string[]
  /** Arguments of the terminal, before the first words. */
  readonly view: readonly string[]
  /** What it may do, in a word of ours; a conversation keeps its own. */
  readonly rights: string
  readonly isResumed: boolean
  /** May it commit without a question? Then those parts of the repository are open to it that a commit writes to. */
  readonly commits: boolean
}

/**
 * The program of the pane, for any POSIX `sh`: it runs the app-server, shows Codex's own terminal as a view of it, and takes care that
 * both end together, whichever ends first and however. It needs nobody: the agent begins and works while the bot is down.
 *
 * - The guard reads from a FIFO that only this script has open for writing. When the script ends, in whatever way, the guard wakes and ends
 *   the server with all that it started. (A server that is asked to end while a turn runs would otherwise live on until the turn is over.)
 * - When the server ends the view is ended, which otherwise waits for a server for ever.
 */
export const scriptFor = ({
  program,
  workspace,
  folder,
  socket,
  firstWords,
  rights,
  isResumed,
  server,
  view,
  commits,
}: Start): string => `#!/bin/sh
workspace=${quote([workspace])}
folder=${quote([folder])}
socket="$folder"/${quote([socket])}
life="$socket.life"
rights=${quote([rights])}
# \`ao report\` writes to the session's folder.
own=${quote([JSON.stringify(folder)])}
cd "$workspace" || exit 1
umask 077

# npm's "codex" is a node program that only starts the real one and stays: 42 MB for nothing, twice.
program=$(command -v ${quote([program])}) || { echo "There is no program ${quote([program])} on the PATH." >&2; exit 127; }
real=$(readlink -f "$program" 2>/dev/null) || real=$program
case $real in */bin/codex.js)
  home=\${real%/bin/codex.js}
  for native in "$home"/node_modules/@openai/codex-*/vendor/*/bin/codex "$home"/../codex-*/vendor/*/bin/codex; do
    "$native" --version >/dev/null 2>&1 || continue
    program=$native
    tools=\${native%/bin/codex}/codex-path
    [ -d "$tools" ] && PATH=$tools:$PATH && export PATH
    break
  done ;;
esac

descendants() {
  ps -A -o pid= -o ppid= | awk -v root="$1" '
    { parent[$1] = $2 }
    END { for (pid in parent) { at = pid; for (deep = 0; deep < 64 && at in parent && at != root; deep++) at = parent[at]; if (at == root && pid != root) print pid } }'
}
# Each of them that is there, with the moment it began.
begun() { for pid in "$@"; do ps -o pid= -o lstart= -p "$pid"; done; }
end_server() {
  server=$(cat "$socket.server" 2>/dev/null) || return 0
  rest="$server $(descendants "$server")"
  seen=$(begun $rest)
  target=$(readlink "$socket")
  tries=0
  while kill -0 "$server" 2>/dev/null && [ $tries -lt 15 ]; do
    # The second time it does not wait for its turn to end.
    [ $tries -lt 2 ] && kill -TERM "$server" 2>/dev/null
    tries=$((tries + 1))
    sleep 0.1
  done
  # Numbers are given anew: only what began when it was seen, and still is there, is ended.
  begun $rest | grep -Fx "$seen" | while read -r pid _; do kill -KILL "$pid" 2>/dev/null; done
  rm -f "$socket" "$life" "$socket.server" "$socket.view" "$socket.held"
  case $target in /*) rm -f "$target" "$target.lock" ;; esac
}
${commits ? openRepository : 'roots=\n'}
rm -f "$life" "$socket.server" "$socket.view"
mkfifo "$life" || exit 1
exec 3<>"$life"
(
  sh -c 'echo $$ >"$0"; exec "$@"' "$socket.server" "$program" app-server --listen "unix://$socket" -c "sandbox_workspace_write.writable_roots=[$own$roots]" ${quote(server)} 3>&- </dev/null >"$folder/codex.log" 2>&1
  # Most often the view has ended first, and its number may be somebody else's by now: only a child of this very start is ended.
  view=$(cat "$socket.view" 2>/dev/null) && [ "$(ps -o ppid= -p "$view" | tr -d ' ')" = "$$" ] && kill -TERM "$view"
) 3>&- &
(
  trap '' HUP INT TERM
  exec 4<"$life" 3>&- </dev/null >/dev/null 2>&1
  read -r _ <&4
  end_server
) &
guard=$!

give_up() {
  cat "$folder/codex.log" >&2
  exec 3>&-
  wait "$guard"
  exit 1
}
tries=0
until [ -S "$socket" ]; do
  sleep 0.02
  tries=$((tries + 1))
  [ $tries -gt 1000 ] && give_up
  [ $((tries % 10)) = 0 ] && read -r server 2>/dev/null <"$socket.server" && ! kill -0 "$server" 2>/dev/null && give_up
done
set -- ${quote(view)} --remote "unix://$socket"
${isResumed ? holdBack : ''}[ -e "$socket.held" ] || set -- "$@" -- ${firstWords}
printf %s "$rights" >"$folder/codex-rights"
sh -c 'echo $$ >"$0"; exec "$@"' "$socket.view" "$program" "$@" 3>&-
status=$?
exec 3>&-
wait "$guard"
exit $status
`

/** Not the whole of it: hooks and the config of the repository would run as the person whose repository it is. */
const openRepository = `roots=
for part in "$(git rev-parse --absolute-git-dir)" "$(git rev-parse --path-format=absolute --git-common-dir)"/objects "$(git rev-parse --path-format=absolute --git-common-dir)"/refs "$(git rev-parse --path-format=absolute --git-common-dir)"/logs; do
  case $part in "$workspace"/*|*\\"*|*\\\\*) ;; /*) [ -d "$part" ] && roots="$roots,\\"$part\\"" ;; esac
done
`

/** It would begin with the rights it had. The ear puts them right (`putRight`) and says the first words then. */
const holdBack = `[ "$(cat "$folder/codex-rights" 2>/dev/null)" = "$rights" ] || : >"$socket.held"
`
