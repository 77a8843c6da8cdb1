import { hookPrelude } from '../../../core/kit/hooks.ts'

/** Where the hooks of one start of the agent keep what they need; below the session's folder. */
export const stateFolder = (folder: string, run: string): string => `${folder}/claude-code/${run}`

/** The session file of a conversation, as the hooks link to it: where it really lies is for the agent to say. */
export const transcriptLink = (folder: string, conversation: string): string => `${folder}/claude-code/${conversation}.jsonl`

/** Names the start whose hooks are listening now. */
export const currentFile = (folder: string): string => `${folder}/claude-code/current`

/**
 * The script behind every hook: `sh hook.sh <Event>`, the event's JSON on standard input. Each row it writes is
 * `{v, at, claude: <Event>, run, …, hook: <that JSON, cut where it is long>}`.
 *
 * - `asks/<request>/` is there for each permission asked for: `payload` (all of it), `tool` (for telling which tool has run), `fifo` as long
 *   as its hook waits, `answer` and `said` once there is an answer, `closed` when none is needed any more;
 * - `idle` is there while no turn runs; `ended` once the agent has said that it ends.
 *
 * https://code.claude.com/docs/en/hooks
 */
export const hookScript = (folder: string, run: string): string => `#!/bin/sh
# What Claude Code runs at its events. Made at the start of the agent; changing it changes nothing for long.
${hookPrelude({ state: stateFolder(folder, run), mailbox: `${folder}/mailbox.ndjson` })}
event=$1
head="\\"claude\\":\\"$event\\",\\"run\\":\\"${run}\\""
most=60000

# release <state>: whoever waits there need not any more.
release() {
  for ask in "$1"/asks/*; do
    [ -p "$ask/fifo" ] || continue
    : >"$ask/closed"
    poke_at "$ask/fifo"
  done
}

# body <key>: the payload, or what stands before that key where all of it is too long for a row.
body() {
  body=$payload
  [ \${#payload} -lt $most ] && return
  part_before "$1" && body="$part}" || body=null
}

PermissionRequest() {
  read_payload
  now
  request=claude-$at-$$
  ask=$state/asks/$request
  mkdir -p "$ask"
  printf '%s' "$payload" >"$ask/payload"
  # A later question of the same agent means that the one before is closed; one of an agent below it may stand beside it.
  case $payload in *',"agent_id":'*) : >"$ask/below" ;; *) for old in "$state"/asks/*; do
    [ "$old" != "$ask" ] && [ -p "$old/fifo" ] && [ ! -e "$old/below" ] && : >"$old/closed" && poke_at "$old/fifo"
  done ;; esac
  body=$payload
  if [ \${#payload} -ge $most ]; then
    # A shell takes seconds to look through a long text, so only its ends are looked at.
    payload=$(dd if="$ask/payload" bs=24000 count=1 2>/dev/null)
    part_before tool_input
    body=$part
    part_from tool_input
    part=\${part#',"tool_input":'}
    first=$(printf '%s' "$part" | sed 's/[\\\\"]/\\\\&/g')
    payload=$(tail -c 8000 "$ask/payload")
    part_from permission_suggestions && body="$body\${part%\\}}"
    body="$body,\\"cut\\":\\"$first\\"}"
    payload=$body
  fi
  part_from tool_name
  tool=\${part%%',"permission_suggestions":'*}
  tool=\${tool%%',"cut":'*}
  printf '%s' "\${tool%\\}}" >"$ask/tool"
  open_fifo "$ask/fifo"
  trap 'rm -f "$ask/fifo"; now; row "{\\"v\\":1,\\"at\\":$at,\\"claude\\":\\"Left\\",\\"run\\":\\"${run}\\",\\"request\\":\\"$request\\"}"; exit 0' TERM HUP INT
  row "{\\"v\\":1,\\"at\\":$at,$head,\\"request\\":\\"$request\\",\\"hook\\":$body}"
  while [ ! -e "$ask/answer" ]; do
    if [ -e "$ask/closed" ] || ! agent_lives; then rm -f "$ask/fifo"; exit 0; fi
    wait_poke
  done
  trap '' TERM HUP INT
  rm -f "$ask/fifo"
  now
  row "{\\"v\\":1,\\"at\\":$at,\\"claude\\":\\"Answered\\",\\"run\\":\\"${run}\\",\\"request\\":\\"$request\\",\\"said\\":$(cat "$ask/said")}"
  cat "$ask/answer"
}

# A tool has run: its question is closed, and what waits for the agent is told.
PostToolUse() {
  read_payload
  part_from tool_name
  tool=\${part%%',"tool_response":'*}
  tool=\${tool%%',"error":'*}
  for ask in "$state"/asks/*; do
    [ -p "$ask/fifo" ] || continue
    asked=$(cat "$ask/tool")
    case $asked in
      # Their input has the answers in it now.
      ',"tool_name":"AskUserQuestion"'* | ',"tool_name":"ExitPlanMode"'*) [ "\${asked%%',"tool_input":'*}" = "\${tool%%',"tool_input":'*}" ] || continue ;;
      *) case $tool in "$asked"*) ;; *) continue ;; esac ;;
    esac
    : >"$ask/closed"
    poke_at "$ask/fifo"
    now
    body tool_input
    row "{\\"v\\":1,\\"at\\":$at,$head,\\"request\\":\\"\${ask##*/}\\",\\"hook\\":$body}"
  done
  # An agent below the main one would keep the words to itself.
  case $payload in *',"agent_id":'*) return 0 ;; esac
  # Longer words would be cut to a preview here, so they wait for the end of the turn, and those behind them, too.
  for first in "$state"/inbox/waiting/*; do break; done
  [ -f "$first/json" ] && [ "$(wc -c <"$first/json")" -lt 8000 ] || return 0
  take_message && printf '{"hookSpecificOutput":{"hookEventName":"%s","additionalContext":"%s"}}\\n' "$event" "$(cat "$message/json")"
}
PostToolUseFailure() { PostToolUse; }

Stop() {
  read_payload
  release "$state"
  body last_assistant_message
  now
  if [ "$event" = Stop ] && take_message; then
    row "{\\"v\\":1,\\"at\\":$at,$head,\\"goesOn\\":true,\\"hook\\":$body}"
    # What blocks an end is shown to the model once more with every prompt after it. Longer words would be cut to a preview the other way.
    if [ "$(wc -c <"$message/json")" -lt 8000 ]; then
      printf '{"hookSpecificOutput":{"hookEventName":"Stop","additionalContext":"%s"}}\\n' "$(cat "$message/json")"
    else
      printf '{"decision":"block","reason":"%s"}\\n' "$(cat "$message/json")"
    fi
  else
    : >"$state/idle"
    row "{\\"v\\":1,\\"at\\":$at,$head,\\"hook\\":$body}"
    poke_at "$state/waker.fifo"
  fi
}
StopFailure() { Stop; }

UserPromptSubmit() {
  rm -f "$state/idle"
  read_payload
  part_before prompt && part="$part}"
  [ \${#part} -lt $most ] || part=null
  now
  row "{\\"v\\":1,\\"at\\":$at,$head,\\"hook\\":$part}"
}

SessionStart() {
  read_payload
  rm -f "$state/ended"
  mkdir -p "$state/inbox/waiting" "$state/inbox/taken" "$state/asks"
  for old in "$state"/../*/; do
    [ "\${old%/}" = "$state/../\${state##*/}" ] && continue
    : >"\${old}ended"
    release "\${old%/}"
    poke_at "\${old}waker.fifo"
  done
  session=\${payload#*'"session_id":"'}
  session=\${session%%'"'*}
  path=\${payload#*'"transcript_path":"'}
  path=\${path%%'"'*}
  printf %s "$session" >"$state/conversation"
  link=$state/../$session.jsonl
  [ -h "$link" ] || ln -s "$path" "$link"
  now
  row "{\\"v\\":1,\\"at\\":$at,$head,\\"hook\\":$payload}"
}

SessionEnd() {
  read_payload
  release "$state"
  case $payload in *'"reason":"clear"'* | *'"reason":"resume"'*) ;; *) : >"$state/ended"; poke_at "$state/waker.fifo" ;; esac
  now
  row "{\\"v\\":1,\\"at\\":$at,$head,\\"hook\\":$payload}"
}

Notification() {
  cat >/dev/null
  : >"$state/idle"
  poke_at "$state/waker.fifo"
}

# Waits in the background, one for each start of the agent; what it says with exit code 2 begins a turn of an agent that rests.
Wake() {
  cat >/dev/null
  if ! (set -C && echo $$ >"$state/waker") 2>/dev/null; then
    kill -0 "$(cat "$state/waker")" 2>/dev/null && exit 0
    echo $$ >"$state/waker"
  fi
  open_fifo "$state/waker.fifo"
  (
    exec 3>&- >/dev/null 2>&1 </dev/null
    trap 'kill $nap; exit 0' TERM
    while kill -0 $$; do
      sleep 30 &
      nap=$!
      wait $nap
      poke_at "$state/waker.fifo"
    done
  ) &
  clock=$!
  trap 'kill $clock; rm -f "$state/waker"; exit 0' TERM HUP INT
  while :; do
    if [ -e "$state/ended" ] || ! agent_lives; then
      : >"$state/ended"
      release "$state"
      code=0
      break
    fi
    if [ -e "$state/idle" ] && take_message; then
      rm -f "$state/idle"
      cat "$message/text" >&2
      code=2
      break
    fi
    wait_poke
  done
  kill $clock
  rm -f "$state/waker"
  exit $code
}

case $event in
  PermissionRequest | PostToolUse | PostToolUseFailure | Stop | StopFailure | UserPromptSubmit | SessionStart | SessionEnd | Notification | Wake) $event ;;
esac
exit 0
`
