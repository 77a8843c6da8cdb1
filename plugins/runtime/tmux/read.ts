import type { ProcessPicture } from '../../../core/contracts/runtime.ts'
import { signalName } from '../../../core/kit/runtime.ts'
import { plain } from '../../../core/kit/text.ts'

/** One pane of our server. `run` is null for a pane that a person opened beside an agent's. */
export type Pane = {
  readonly session: string
  readonly sessionId: string
  readonly id: string
  readonly run: string | null
  readonly pid: number
  readonly activeAt: number
  readonly title: string
  readonly picture: ProcessPicture
}

/** What `list-panes` is asked for. The title comes last, because it alone is not ours. */
export const paneFormat = [
  '#{session_name}',
  '#{session_id}',
  '#{pane_id}',
  '#{@ao_run}',
  '#{pane_pid}',
  '#{pane_dead}',
  '#{pane_dead_status}',
  '#{pane_dead_signal}',
  '#{window_activity}',
  '#{pane_title}',
].join('\t')

/** Panes from the lines of `list-panes -F paneFormat`. A line of another shape is a bug and throws. */
export const readPanes = (text: string): readonly Pane[] => text.split('\n').flatMap((line) => (line === '' ? [] : [readPane(line)]))

/** A run as tmux can keep and compare it: letters, digits and `%_.~-`. */
export const encodeRun = (run: string): string =>
  encodeURIComponent(run).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)

/** True in tmux where the target is the pane of that run, and of a living process if `isAlive`. */
export const isRun = (run: string, { isAlive }: { readonly isAlive: boolean }): string => {
  const same = `#{==:#{@ao_run},${encodeRun(run)}}`
  return isAlive ? `#{&&:${same},#{?pane_dead,0,1}}` : same
}

/** The server's own configuration; no other is read. */
export const configText = ({ historyLines, hintPath }: { readonly historyLines: number; readonly hintPath: string }): string =>
  [
    // Without it the server ends with its last session, and a start at that moment meets a closing door.
    'set -s exit-empty off',
    // What an agent prints must not write to the clipboard of whoever looks in.
    'set -s set-clipboard off',
    'set -g remain-on-exit on',
    "set -gq remain-on-exit-format ''",
    'set -g default-size 200x50',
    `set -g history-limit ${historyLines}`,
    'set -g status off',
    'set -g mouse off',
    'set -g allow-rename off',
    'set -g automatic-rename off',
    `set -g @ao_hint "${hintPath.replace(/[\\"$]/g, (sign) => `\\${sign}`)}"`,
    // The server writes the file itself: no process, and no client has to stay.
    `set-hook -g pane-died 'set-buffer -b ao-hint . ; save-buffer -b ao-hint "#{@ao_hint}"'`,
    '',
  ].join('\n')

/** The last lines of `capture-pane -e` that show something, in the colours that earlier lines left on. */
export const lastColoured = (text: string, lines: number): string => {
  const all = text.split('\n')
  while (all.length > 0 && plain(all.at(-1) ?? '').trim() === '') all.pop()
  const before = all.slice(0, -lines).join('\n')
  const left = before.slice(Math.max(0, before.lastIndexOf('\u001b[0m'))).match(colour) ?? []
  return left.join('') + all.slice(-lines).join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const colour = /\u001b\[[\d;:]*m/g

/** `[3, 3]` for `tmux 3.3a` and `tmux next-3.3`; null for builds without a number (`tmux master`). */
export const readVersion = (text: string): readonly [number, number] | null => {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(text) ?? []
  return major === undefined || minor === undefined ? null : [Number(major), Number(minor)]
}

const readPane = (line: string): Pane => {
  const [session, sessionId, id, run, pid, dead, status, signal, activity, ...title] = line.split('\t')
  if (session === undefined || sessionId === undefined || id === undefined || run === undefined || activity === undefined)
    throw new Error(`tmux printed a line that is not a pane: ${JSON.stringify(line)}`)
  const seen = { pid: Number(pid), activeAt: Number(activity) * 1000, title: title.join('\t') }
  return {
    ...seen,
    session,
    sessionId,
    id,
    run: run === '' ? null : decodeURIComponent(run),
    picture: dead === '1' ? { alive: false, code: readNumber(status), signal: readSignal(signal) } : { alive: true, ...seen },
  }
}

const readNumber = (text: string | undefined): number | null => (text === undefined || text === '' ? null : Number(text))

/** A number in 3.3; older ones leave it out, and names are taken as they are. */
const readSignal = (text: string | undefined): string | null => {
  if (text === undefined || text === '') return null
  return /^\d+$/.test(text) ? signalName(Number(text)) : `SIG${text.toUpperCase().replace(/^SIG/, '')}`
}
