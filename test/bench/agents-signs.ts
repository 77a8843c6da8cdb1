import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultReactions } from '../../core/config/reactions.ts'
import { type AgentPicture, unheard } from '../../core/contracts/agent.ts'
import type { Picture } from '../../core/contracts/input.ts'
import type { Agent, Plugin } from '../../core/contracts/plugins.ts'
import type { Setting } from '../../core/contracts/rules.ts'
import type { Session } from '../../core/contracts/session.ts'
import { parseObject, readReport } from '../../core/kit/mailbox.ts'
import { canBeStuck, stuckAt } from '../../core/session/conditions.ts'
import { decide } from '../../core/session/decide.ts'
import { evolve, unborn } from '../../core/session/evolve.ts'
import { plugins } from '../../plugins/index.ts'
import { makeHost } from '../fakes/host.ts'

/** What a recording shows at its end, by the label that people gave it, and what the bot takes it for. */
export type Judged = {
  readonly name: string
  readonly label: string
  readonly seen: string
  /** Moments of an agent that goes on, and those at which it would have counted as stuck. */
  readonly moments: number
  readonly stuckAt: readonly string[]
}

type Line = { readonly source: string; readonly text: string; readonly mark: number; readonly at: number }
type Case = { readonly name: string; readonly label: string; readonly lines: readonly Line[]; readonly screen: string | null }

/** A second of a recording counts as ten: recordings are short, and what they show takes longer in real work. */
export const stretch = 10
const minuteMs = 60_000
/** When what has no times in it was written. */
const untimed = 2_000_000_000_000
const { thresholdMs, toolThresholdMs } = defaultReactions['agent-stuck']

/** Every case of `test/fixtures/agents`, read by its plugin and judged by the session's own fold and clock. */
export const judgeAll = async (): Promise<readonly Judged[]> => {
  const root = fileURLToPath(new URL('../fixtures/agents', import.meta.url))
  const host = await makeHost()
  const judged: Judged[] = []
  for (const name of readdirSync(root)) {
    const plugin = plugins.find((one): one is Plugin<'agent'> => one.slot === 'agent' && one.name === name)
    if (!plugin) throw new Error(`there is no plugin for ${name}`)
    const agent = await plugin.create(plugin.options.parse({}), host, { host: 'local', project: null })
    for (const folder of readdirSync(join(root, name)))
      judged.push(judge(agent, readCase(`${name}/${folder}`, join(root, name, folder), agent)))
  }
  await host.close()
  return judged
}

const judge = (agent: Agent, { name, label, lines, screen }: Case): Judged => {
  const [beginAt, endAt] = [(lines[0]?.at ?? untimed) - 1, lines.at(-1)?.at ?? untimed]
  const setting = settingOf(agent, 1)
  const shown = (after: Session, picture: AgentPicture, at: number): Session => see(after, { kind: 'agent', picture }, at, setting)

  // As a bot sees it that looked at every row. The clock of the stretched fold runs faster by that factor.
  const quick = settingOf(agent, stretch)
  let [picture, session, hurried] = [unheard, liveSession(beginAt, setting), liveSession(beginAt, quick)]
  const stuck: string[] = []
  let moments = 0
  lines.forEach((line, index) => {
    const { at } = line
    const given = { source: line.source, text: line.text, mark: line.mark, at }
    const hadEnded = picture.turnEnded !== null
    picture = (line.source === 'mailbox' ? readReport(picture, given) : null) ?? agent.read(picture, given)
    // An agent that ends with its turn works again because it was started again.
    if (agent.can.endsWithTurn && hadEnded && picture.turnEnded === null) session = liveSession(at, setting)
    session = shown(session, picture, at)
    hurried = see(hurried, { kind: 'agent', picture }, at, quick)
    const nextAt = lines[index + 1]?.at ?? at
    moments += 1
    if (isStuck(hurried, nextAt, quick)) stuck.push(`row ${index + 1}, silent for ${nextAt - hurried.workedAt} ms`)
  })
  if (screen !== null && agent.see) {
    picture = agent.see(picture, screen, endAt)
    session = shown(session, picture, endAt)
  }

  // So long it may be silent and still do what its label says; people take what time they want.
  const silentMs =
    label === 'stalled'
      ? thresholdMs + 1
      : label === 'working'
        ? 0.9 * thresholdMs
        : label === 'tool'
          ? 0.9 * toolThresholdMs
          : 24 * 60 * minuteMs
  if (label === 'gone') return { name, label, seen: seenGone(session, endAt, setting), moments, stuckAt: stuck }
  // Looks go on while it is silent: the end of a tool counts later than the tool.
  for (const at of [endAt + thresholdMs / 3, endAt + silentMs]) if (at <= endAt + silentMs) session = shown(session, picture, at)
  if (label !== 'stalled') moments += 1
  if (label !== 'stalled' && isStuck(session, endAt + silentMs, setting))
    stuck.push(`at its end, after ${Math.round(silentMs / minuteMs)} minutes`)
  return { name, label, seen: classOf(session, endAt + silentMs, setting), moments, stuckAt: stuck }
}

/** That a process is gone is told by the runtime, in the same way for every agent; it must end whatever was open. */
const seenGone = (before: Session, at: number, setting: Setting): string => {
  const { handle } = before
  if (handle === null) return 'working'
  const after = see(before, { kind: 'exited', handle, code: null, signal: 'SIGKILL', screen: '' }, at + 1, setting)
  return after.phase === 'lost' || after.phase === 'ended' ? 'gone' : classOf(after, at + 1, setting)
}

const classOf = (session: Session, at: number, setting: Setting): string => {
  const { asked, activity, tool } = session
  if (asked?.state === 'asked') {
    const { kind } = asked.question
    return kind === 'permission' || kind === 'question' || kind === 'plan' ? `asks-${kind}` : kind
  }
  if (isStuck(session, at, setting)) return 'stalled'
  return activity === 'idle' ? 'turn-ended' : tool === null ? 'working' : 'tool'
}

const isStuck = (session: Session, at: number, { rules }: Setting): boolean =>
  canBeStuck(session) && at >= stuckAt(session, rules.reactions['agent-stuck'])

const see = (session: Session, seen: Picture, at: number, setting: Setting): Session =>
  decide(session, { at, seen }, setting).reduce(evolve, session)

/** A session whose agent has just been started. */
const liveSession = (at: number, setting: Setting): Session => {
  const task = { key: '#1', title: 'Write it down', body: '', url: null, author: 'ana' }
  const request = { task, project: 'app', agent: 'it', host: 'local', base: 'main', branch: 'ao/1', model: null, by: 'ana' }
  const workspace = { path: '/home/ana/app', branch: 'ao/1', baseCommit: 'c0ffee' }
  const steps: readonly Picture[] = [
    { kind: 'requested', request, cause: 'bench' },
    { kind: 'admitted' },
    { kind: 'workspace', workspace },
    { kind: 'started', handle: { host: 'local', name: 'app-1', run: 'app-1.1' }, message: null },
  ]
  return steps.reduce((session, seen) => see(session, seen, at, setting), unborn('app-1'))
}

const settingOf = ({ can }: Agent, faster: number): Setting => ({
  can,
  rules: {
    reactions: {
      ...defaultReactions,
      'agent-stuck': {
        ...defaultReactions['agent-stuck'],
        thresholdMs: thresholdMs / faster,
        toolThresholdMs: toolThresholdMs / faster,
      },
    },
    approvals: 0,
    isRequesterCounted: true,
    noChecks: 'wait',
    isUpToDateNeeded: false,
    mergeMethod: 'squash',
    isWorkspaceRemoved: false,
    isTaskClosed: false,
    isTaskNoted: false,
    taskLabel: null,
  },
})

/** Lines of all of its files in the order of the times in them; a row without a time comes with the one before it. */
const readCase = (name: string, folder: string, agent: Agent): Case => {
  const given = JSON.parse(textOf(join(folder, 'case.json'))) as {
    readonly sources?: Readonly<Record<string, string>>
    readonly expect: { readonly class: string }
  } // our own fixture
  const workspace = { path: '/home/ana/app', branch: 'ao/1', baseCommit: '' }
  const [own] = agent.sources({
    session: 'app-1',
    folder: '/home/ana/.ao/sessions/app-1',
    workspace,
    conversation: '/home/ana/conversation',
  })
  const files = Object.entries(given.sources ?? { mailbox: 'mailbox.ndjson', ...(own && { [own.name]: 'transcript.jsonl' }) })
  const texts = files.map(([source, file]) => [source, textOf(join(folder, file)).split('\n')] as const)
  const times = texts.flatMap(([, rows]) => rows.flatMap((text) => timeOf(parseObject(text)) ?? []))
  const lines = texts
    .flatMap(([source, rows]) => {
      let [mark, at] = [0, times.length > 0 ? Math.min(...times) : untimed]
      return rows
        .map((text) => {
          at = timeOf(parseObject(text)) ?? (times.length > 0 ? at : at + 1)
          const line = { source, text, mark, at }
          mark += Buffer.byteLength(text) + 1
          return line
        })
        .filter(({ text }) => text !== '')
    })
    .toSorted((one, other) => one.at - other.at)
  return {
    name,
    label: given.expect.class,
    lines,
    screen: existsSync(join(folder, 'screen.txt')) ? textOf(join(folder, 'screen.txt')) : null,
  }
}

const timeOf = (row: Readonly<Record<string, unknown>> | null): number | null => {
  if (typeof row?.at === 'number') return row.at
  const time = Date.parse(String(row?.timestamp))
  return Number.isNaN(time) ? null : time
}

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '')
