import { closeSync, constants, existsSync, mkdirSync, openSync, readdirSync, renameSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Message } from '../contracts/agent.ts'
import { wrap } from './wrap.ts'

/*
 * What agents that run a command at each of their events ("hooks") have in common: rows into the mailbox, messages that lie in a folder
 * until a hook takes them, and hooks that wait. All of it is POSIX `sh`, because a waiting `sh` takes 1 MB where node takes 40, and starts
 * in a millisecond where node takes 40. Whoever waits reads from a FIFO that it has opened for reading *and* writing, so opening never
 * blocks and a poke is never lost; what it waits for is a file that is written before the poke.
 */

/** A folder of messages that wait to be taken by a hook: one folder a message, named in the order of coming. */
export type Inbox = { readonly folder: string }

/**
 * Puts a message where the next hook takes it: its words wrapped (`core/kit/wrap.ts`), as they are (`text`) and as the inside of a JSON
 * string (`json`), because `sh` cannot escape. Twice is once as long as nobody has taken it; one that was taken before is put again.
 */
export const putMessage = ({ folder }: Inbox, message: Message, at: number): void => {
  if (isWaiting({ folder }, message.id)) return
  const name = `${String(at).padStart(15, '0')}-${fileName(message.id)}`
  const draft = join(folder, 'drafts', name)
  mkdirSync(draft, { recursive: true, mode: 0o700 })
  mkdirSync(join(folder, 'waiting'), { recursive: true, mode: 0o700 })
  mkdirSync(join(folder, 'taken'), { recursive: true, mode: 0o700 })
  const words = wrap(message)
  writeFileSync(join(draft, 'text'), words)
  writeFileSync(join(draft, 'json'), JSON.stringify(words).slice(1, -1))
  renameSync(draft, join(folder, 'waiting', name))
}

/** Does that message still lie there? */
export const isWaiting = ({ folder }: Inbox, id: string): boolean => named(join(folder, 'waiting'), id) !== null

/** When a hook took that message (epoch ms), or null when none did. Taken is not delivered: the agent may have ended in between. */
export const takenAt = ({ folder }: Inbox, id: string): number | null => {
  const name = named(join(folder, 'taken'), id)
  return name === null ? null : (statSync(join(folder, 'taken', name), { throwIfNoEntry: false })?.ctimeMs ?? null) // `mv` leaves mtime as it was
}

/** Wakes who waits at that FIFO. False when nobody does, or there is none. */
export const poke = (fifo: string): boolean => {
  let file: number
  try {
    file = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch (error) {
    // ENXIO: nobody has it open for reading. https://man7.org/linux/man-pages/man7/fifo.7.html
    if (error instanceof Error && 'code' in error && (error.code === 'ENXIO' || error.code === 'ENOENT')) return false
    throw error
  }
  try {
    writeSync(file, '\n')
    return true
  } finally {
    closeSync(file)
  }
}

/** A word for `sh`, whatever it holds. */
export const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/**
 * The beginning of a hook's script: variables and functions. `state` is a folder of this start of the agent alone, so that a waiter left
 * over from an earlier one finds nothing that is meant for the next.
 *
 * - `now` sets `at` to epoch ms; `row '<json>'` appends a line to the mailbox in one write, whatever else is being written;
 * - `read_payload` sets `payload` to standard input; `part_before key` and `part_from key` set `part` to what stands before that key of the
 *   payload, and from it on: a bare quote cannot stand inside a JSON string, so `,"key":` is found nowhere else;
 * - `take_message` moves the first waiting message away and sets `message` to its folder, or fails; `agent_lives` looks at the parent, so a
 *   hook has to be started with `exec`;
 * - `open_fifo path` and then `wait_poke` wait for a poke, `poke_at path` is one.
 */
export const hookPrelude = ({ state, mailbox }: { readonly state: string; readonly mailbox: string }): string => `
# In bytes: lengths are compared with limits in bytes.
LC_ALL=C
umask 077
state=${word(state)}
mailbox=${word(mailbox)}

now() {
  # GNU and new BSD know %N; perl comes with every macOS.
  at=$(date +%s%3N)
  case $at in *[!0-9]*|'') at=$(perl -MTime::HiRes=time -e 'printf "%d", time * 1000' 2>/dev/null) ;; esac
  case $at in *[!0-9]*|'') at=$(date +%s)000 ;; esac
}

row() {
  # dd reads a small file whole and writes it in one go; the shell's own printf may need several writes.
  printf '%s\\n' "$1" >"$state/row.$$" && dd if="$state/row.$$" bs=${maxRowBytes} count=1 2>/dev/null >>"$mailbox"
  rm -f "$state/row.$$"
}

read_payload() { payload=$(cat); }
part_before() { case $payload in *",\\"$1\\":"*) part=\${payload%%",\\"$1\\":"*} ;; *) part=$payload; return 1 ;; esac; }
part_from() { case $payload in *",\\"$1\\":"*) part=",\\"$1\\":\${payload#*",\\"$1\\":"}" ;; *) part=; return 1 ;; esac; }

take_message() {
  for message in "$state"/inbox/waiting/*; do
    [ -d "$message" ] || continue
    mv "$message" "$state/inbox/taken/" 2>/dev/null || continue
    message=$state/inbox/taken/\${message##*/}
    return 0
  done
  return 1
}

agent_lives() { kill -0 "$PPID" 2>/dev/null; }
# Opened for both ways, opening does not block and what is poked before the first wait is kept.
open_fifo() { [ -p "$1" ] || mkfifo "$1" || exit 0; exec 3<>"$1"; }
wait_poke() { read -r poked <&3; }
poke_at() { [ ! -p "$1" ] || echo 1<>"$1"; }
`

const maxRowBytes = 64 * 1024

const fileName = (id: string): string => {
  if (!/^[A-Za-z0-9][\w.-]{0,127}$/.test(id)) throw new Error(`a message id has to be usable as a file name: ${JSON.stringify(id)}`)
  return id
}

const named = (folder: string, id: string): string | null =>
  existsSync(folder) ? (readdirSync(folder).findLast((name) => name.replace(/^\d+-/, '') === id) ?? null) : null
