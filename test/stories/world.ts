import { appendFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { type AgentPicture, type Question, unheard } from '../../core/contracts/agent.ts'
import type { Change, Thread } from '../../core/contracts/change.ts'
import {
  type Agent,
  type AgentAbilities,
  definePlugin,
  type Plugin,
  type Scm,
  type Slot,
  type Tracker,
  type WorkPicture,
  type Workspace,
  type WorkspaceRef,
} from '../../core/contracts/plugins.ts'
import type { Handle, ProcessSpec, Runtime } from '../../core/contracts/runtime.ts'
import type { Task } from '../../core/contracts/task.ts'
import { catalogue, type Fault, row } from '../../core/kit/fault.ts'
import { idsIn, typeInto } from '../../core/kit/wrap.ts'

/** What goes wrong in a pretend world. */
export const fault = catalogue({
  TASK_UNKNOWN: row<{ key: string; near: readonly string[] }>(
    (f) => `There is no issue "${f.key}".`,
    (f) => `Name one that is open: ${f.near.join(', ')}.`,
  ),
  SETUP_FAILED: row<{ output: string }>(
    (f) => `The setup command failed: ${f.output}`,
    () => 'Mend it and say retry.',
  ),
  FORGE_DOWN: row<object>(
    () => 'The forge does not answer.',
    () => 'Wait until it does.',
    { mayPass: true },
  ),
  PUSH_REFUSED: row<{ branch: string }>(
    (f) => `The remote's ${f.branch} has commits that the workspace lacks.`,
    () => 'Tell the agent to merge them.',
  ),
  PROCESS_GONE: row<{ name: string }>(
    (f) => `${f.name} is gone.`,
    () => 'Restart it.',
  ),
})

type Running = {
  readonly spec: ProcessSpec
  state: 'running' | 'suspended' | 'ended'
  code: number | null
  signal: string | null
  screen: string
}
type Working = { readonly ref: WorkspaceRef; work: WorkPicture; isRemoved: boolean }
type Proposed = Change & { readonly threads: readonly Thread[]; readonly checked: 'none' | 'some' }

/** What a method of the world can be told to fail at. */
export type Breakable =
  | 'workspace.create'
  | 'workspace.look'
  | 'workspace.remove'
  | 'scm.look'
  | 'scm.open'
  | 'scm.merge'
  | 'scm.revert'
  | 'tracker.create'
  | 'tracker.note'
  | 'runtime.look'
  | 'runtime.start'
  | 'runtime.endStranger'

/** An agent that somebody started by hand, in a folder of their own. */
export type ByHand = {
  readonly terminal: string
  readonly folder: string
  pid: number
  conversation: string
  isResting: boolean
  isAlive: boolean
}

/**
 * A pretend world as values: one repository with issues and a forge, workspaces, processes, and agents that do what a story
 * says. It outlives the bot, keeps the contracts of `core/contracts/plugins.ts`, and knows nothing of chats.
 */
export const makeWorld = ({
  now,
  hasChecks,
  pages = null,
}: {
  readonly now: () => number
  readonly hasChecks: boolean
  /** A folder where its agents write down what they do, for a bot that reads files; else whoever reads asks the world. */
  readonly pages?: string | null
}) => {
  const broken = new Map<Breakable, Fault>()
  const tasks = new Map<string, Task & { readonly isOpen: boolean; readonly madeAs?: string }>()
  const notes = new Map<string, string>()
  const labels = new Map<string, readonly string[]>()
  const workspaces = new Map<string, Working>()
  const processes = new Map<string, Running>()
  const pictures = new Map<string, AgentPicture>()
  const heard = new Map<string, string[]>()
  const prompts = new Map<string, string[]>()
  const deaf = new Set<string>()
  const byHand: ByHand[] = []
  /** The branch that a folder is on, where it is not the one it was made for. */
  const heads = new Map<string, string | null>()
  /** Conversations that two agents have had at one time. */
  const shared: string[] = []
  const changes = new Map<number, Proposed>()
  const reviews: { readonly by: string; readonly verdict: string; readonly head: string }[] = []
  const main: string[] = []
  /** Does its forge merge through a queue? */
  const hasQueue = { is: false }
  /** Commits that no workspace has. */
  const foreign = new Set<string>()
  let commits = 0
  let marks = 0

  const mayFail = (name: Breakable): void => {
    const error = broken.get(name)
    if (error) throw error
  }
  const commit = (): string => {
    commits += 1
    return (0xc0ffee00 + commits).toString(16).padEnd(40, '0')
  }
  const mark = (): number => {
    marks += 1
    return marks
  }
  const pageOf = (session: string): string | null => (pages === null ? null : join(pages, `${session}.ndjson`))
  const hear = (session: string, into: (picture: AgentPicture) => AgentPicture): void => {
    const picture = into(pictures.get(session) ?? unheard)
    pictures.set(session, picture)
    const page = pageOf(session)
    if (page !== null) appendFileSync(page, `${JSON.stringify(picture)}\n`)
  }
  const must = <T>(found: T | undefined, what: string): T => {
    if (found === undefined) throw new Error(`This world has no ${what}.`)
    return found
  }
  const process = ({ run, name }: Handle): Running => {
    const found = processes.get(run)
    if (!found || found.state === 'ended') throw fault('PROCESS_GONE', { name })
    return found
  }
  const alter = (number: number, into: Partial<Proposed>): void =>
    void changes.set(number, { ...must(changes.get(number), `change ${number}`), ...into })

  const tracker: Tracker = {
    find: async (key) => {
      const found = tasks.get(key)
      if (!found) throw fault('TASK_UNKNOWN', { key, near: [...tasks.keys()] })
      return found
    },
    list: async () => [...tasks.values()].filter(({ isOpen }) => isOpen),
    close: async (key) => void tasks.set(key, { ...must(tasks.get(key), key), isOpen: false }),
    create: async ({ id, title, body, by }) => {
      mayFail('tracker.create')
      const known = [...tasks.values()].find(({ madeAs }) => madeAs === id)
      if (known) return known
      const key = `#${tasks.size + 1}`
      const task = { key, title, body, url: null, author: by, isOpen: true, madeAs: id }
      tasks.set(key, task)
      return task
    },
    note: async (key, { id, text }) => {
      mayFail('tracker.note')
      must(tasks.get(key), key)
      notes.set(`${key} ${id}`, text)
    },
    label: async (key, label, isOn) => {
      const on = labels.get(key) ?? []
      labels.set(key, isOn ? [...new Set([...on, label])] : on.filter((one) => one !== label))
    },
    wanted: async () => [...tasks.values()].filter(({ key, isOpen }) => isOpen && (labels.get(key) ?? []).includes('ao')),
  }

  const working = (path: string): Working => must(workspaces.get(path), `workspace ${path}`)
  const isKept = ({ work, ref }: Working): boolean =>
    work.ahead === 0 || [...changes.values()].some(({ branch, head }) => branch === ref.branch && head === work.head)
  const workspace: Workspace = {
    create: async ({ session, branch }) => {
      mayFail('workspace.create')
      const path = `/worktrees/${session}`
      const found = workspaces.get(path)
      if (found && !found.isRemoved) return found.ref
      const ref: WorkspaceRef = { path, branch, baseCommit: 'ba5e'.padEnd(40, '0') }
      workspaces.set(path, { ref, work: found?.work ?? { head: ref.baseCommit, ahead: 0, dirty: [] }, isRemoved: false })
      return ref
    },
    look: async ({ path }) => {
      mayFail('workspace.look')
      return working(path).work
    },
    diff: async ({ path }) => ({ text: `+ ${working(path).work.head}`, isCut: false, stat: '1 file changed' }),
    unsaved: async ({ path }) => ({ dirty: working(path).work.dirty, commits: isKept(working(path)) ? 0 : working(path).work.ahead }),
    found: async (path) => {
      const found = workspaces.get(path)
      const { branch, baseCommit } = found?.ref ?? { branch: '', baseCommit: '' }
      return found ? { path, branch: heads.has(path) ? (heads.get(path) ?? null) : branch, baseCommit } : null
    },
    remove: async ({ path }, session) => {
      mayFail('workspace.remove')
      const found = working(path)
      found.isRemoved = true
      return { savedRef: found.work.dirty.length > 0 || !isKept(found) ? `refs/ao/saved/${session}` : null }
    },
  }

  const runtime: Runtime = {
    hasTerminal: true,
    start: async (spec) => {
      mayFail('runtime.start')
      if (!processes.has(spec.run)) {
        const [, , resumed = `talk-${spec.name}`] = spec.argv
        if (byHand.some(({ isAlive, conversation }) => isAlive && conversation === resumed)) shared.push(resumed)
        processes.set(spec.run, { spec, state: 'running', code: null, signal: null, screen: '' })
        hear(spec.name, (picture) => ({ ...picture, turnEnded: null, tool: null, conversation: resumed }))
        prompts.set(spec.name, [...(prompts.get(spec.name) ?? []), spec.stdin ?? ''])
      }
      return { host: 'local', name: spec.name, run: spec.run }
    },
    look: async (handles) => {
      mayFail('runtime.look')
      return new Map(
        handles.flatMap(({ run }) => {
          const found = processes.get(run)
          if (!found) return []
          const { state, code, signal } = found
          return [[run, state === 'ended' ? { alive: false, code, signal } : { alive: true, pid: 1, activeAt: now(), title: '' }] as const]
        }),
      )
    },
    paste: async (handle, text) => {
      const { name } = process(handle).spec
      if (deaf.has(name)) return
      heard.set(name, [...(heard.get(name) ?? []), text])
      hear(name, (picture) => ({ ...picture, received: [...picture.received, ...idsIn(text)], turnEnded: null }))
    },
    press: async (handle) => void process(handle), // nobody here is asked by keys
    screen: async ({ run }) => must(processes.get(run), run).screen,
    suspend: async (handle) => void Object.assign(process(handle), { state: 'suspended' }),
    resume: async (handle) => void Object.assign(process(handle), { state: 'running' }),
    end: async ({ run }) => {
      const found = processes.get(run)
      if (found && found.state !== 'ended') Object.assign(found, { state: 'ended', signal: 'SIGTERM' })
    },
    attach: ({ name }) => ['look-into', name],
    strangers: async () =>
      byHand.flatMap(({ terminal, folder, pid, conversation, isResting, isAlive }) => {
        const shell = { pid: pid - 1, parent: 1, startedAt: '1', beganAt: now(), argv: ['sh'], cwd: folder, environment: {} }
        const argv = ['ant', conversation, isResting ? 'rests' : 'works']
        const agent = { ...shell, pid, parent: shell.pid, argv }
        return [{ name: terminal, place: '0.0', processes: isAlive ? [shell, agent] : [shell], neighbours: [] }]
      }),
    endStranger: async ({ pid }) => {
      mayFail('runtime.endStranger')
      for (const one of byHand) if (one.pid === pid) one.isAlive = false
    },
  }

  const scm: Scm = {
    look: async (items) => {
      mayFail('scm.look')
      return items.map(({ number, branch }) => {
        const found = number === null ? [...changes.values()].findLast((change) => change.branch === branch) : changes.get(number)
        return found ? changeOf(found) : null
      })
    },
    base: async () => null,
    push: async ({ workspace: { path, branch } }) => {
      const change = [...changes.values()].find((one) => one.branch === branch)
      if (change && foreign.has(change.head)) throw fault('PUSH_REFUSED', { branch })
      if (change) alter(change.number, pushed(working(path).work.head))
    },
    open: async ({ workspace: { path, branch }, base, title }) => {
      mayFail('scm.open')
      const found = [...changes.values()].find((change) => change.branch === branch && change.state === 'open')
      if (found) return changeOf(found)
      const number = 7 + changes.size
      changes.set(number, {
        ...{ number, url: null, title, branch, base, state: 'open', isDraft: false, conflict: 'none', conflictFiles: [], isBehind: false },
        ...{
          review: 'none',
          openThreads: { people: 0, bots: 0 },
          lastSaid: { people: 0, bots: 0 },
          mergeCommit: null,
          threads: [],
          checked: hasChecks ? 'some' : 'none',
        },
        ...{ optional: [], baseHead: 'ba5e'.padEnd(40, '0'), mustBeUpToDate: false, queued: null },
        ...pushed(working(path).work.head),
      })
      return changeOf(must(changes.get(number), 'change'))
    },
    details: async ({ number }, head) => {
      const change = must(changes.get(number), `change ${number}`)
      if (change.head !== head) return null
      return {
        number,
        head,
        failing: change.failing.map((name) => ({ name, logTail: `the log of ${name}: line 3 is wrong` })),
        threads: change.threads,
      }
    },
    review: async (_ref, { by, verdict, head }) => {
      if (!reviews.some((one) => one.by === by && one.verdict === verdict && one.head === head)) reviews.push({ by, verdict, head })
    },
    merge: async ({ number }, { head, base }) => {
      mayFail('scm.merge')
      const change = must(changes.get(number), `change ${number}`)
      if (change.state === 'merged' && change.head === head) return { merged: true, commit: change.mergeCommit ?? '' }
      if (change.state !== 'open') return { merged: false, why: 'closed', says: `#${number} is ${change.state}.` }
      if (change.head !== head) return { merged: false, why: 'head-moved', says: `#${number} is at ${change.head.slice(0, 8)} now.` }
      if (change.base !== base) return { merged: false, why: 'head-moved', says: `#${number} now goes to ${change.base}.` }
      if (change.conflict === 'conflicting') return { merged: false, why: 'conflict', says: 'There is a conflict.' }
      if (hasQueue.is) {
        alter(number, { queued: 'in the merge queue, place 2' })
        return { merged: false, why: 'queued', says: 'in the merge queue, place 2' }
      }
      const mergeCommit = commit()
      main.push(head)
      alter(number, { state: 'merged', mergeCommit })
      return { merged: true, commit: mergeCommit }
    },
    update: async ({ number }, { head, workspace: { path } }) => {
      const change = must(changes.get(number), `change ${number}`)
      if (change.head !== head) return { updated: false, why: 'head-moved', says: `#${number} is at ${change.head.slice(0, 8)} now` }
      if (change.conflict === 'conflicting') return { updated: false, why: 'conflict', says: 'there is a conflict' }
      const merged = commit()
      const found = working(path)
      found.work = { ...found.work, head: merged, ahead: found.work.ahead + 1 }
      alter(number, { ...pushed(merged), patchId: change.patchId, isBehind: false })
      return { updated: true, head: merged }
    },
    revert: async ({ number }) => {
      mayFail('scm.revert')
      const old = must(changes.get(number), `change ${number}`)
      const title = `Revert "${old.title}"`
      const known = [...changes.values()].find((one) => one.title === title)
      if (known) return changeOf(known)
      const next = 7 + changes.size
      const head = commit()
      changes.set(next, { ...old, number: next, title, branch: `revert-${number}`, state: 'open', mergeCommit: null, ...pushed(head) })
      return changeOf(must(changes.get(next), 'change'))
    },
    withdraw: async ({ number }) => alter(number, { queued: null }),
    close: async ({ number }) => alter(number, { state: 'closed' }),
  }

  const pushed = (head: string): Pick<Proposed, 'head' | 'patchId' | 'checks' | 'failing'> => ({
    head,
    patchId: `diff of ${head}`,
    checks: hasChecks ? 'pending' : 'none',
    failing: [],
  })

  const agentWhich = (can: AgentAbilities): Agent => ({
    can,
    launch: ({ session, prompt, resume }) => ({
      argv: ['agent', session, ...(resume === null ? [] : [resume])],
      env: {},
      stdin: prompt,
      files: {},
    }),
    found: async ({ process: { argv } }) => {
      const [program, conversation = '', is] = argv
      return program === 'ant' && can.resumes ? { conversation, isResting: is === 'rests', keeps: [] } : null
    },
    sources: ({ session }) => {
      const path = pageOf(session)
      return path === null ? [] : [{ name: 'page', path }]
    },
    read: (_before, { text }) => JSON.parse(text) as AgentPicture, // written by `hear`
    tell: (message, reach) => typeInto('pretend', message, reach),
    answer: async ({ request, text }, { folder }) => {
      const session = basename(folder)
      if (pictures.get(session)?.question?.request !== request) return 'gone'
      hear(session, (picture) => ({ ...picture, question: null, answered: { request, text, by: 'chat' } }))
      return 'handed'
    },
    ...(can.interrupts && {
      interrupt: async ({ folder }) => {
        const session = basename(folder)
        if (pictures.get(session)?.turnEnded) return 'idle'
        hear(session, (picture) => ({ ...picture, turnEnded: { mark: mark(), message: null, isBrokenOff: true } }))
        return 'handed'
      },
    }),
  })

  return {
    broken,
    tasks,
    workspaces,
    processes,
    pictures,
    heard,
    prompts,
    deaf,
    byHand,
    heads,
    shared,
    changes,
    reviews,
    notes,
    labels,
    hasQueue,
    /** The commits that reached the main branch, in order. */
    main,
    foreign,
    commit,
    mark,
    hear,
    alter,
    pushed,
    working: (session: string): Working => {
      const own = `/worktrees/${session}`
      const cwd = [...processes.values()].findLast(({ spec }) => spec.name === session)?.spec.cwd
      return working(workspaces.has(own) || cwd === undefined ? own : cwd)
    },
    alive: (session: string): readonly Running[] =>
      [...processes.values()].filter(({ spec, state }) => spec.name === session && state !== 'ended'),
    /** The plugins by which the bot reaches this world. `ant` hears while it works; `bee` ends with its turn and leaves no trace of what it was told. */
    plugins: [
      filling('runtime', 'pretend', runtime),
      filling('workspace', 'pretend', workspace),
      filling('tracker', 'pretend', tracker),
      filling('scm', 'pretend', scm),
      filling('terminal', 'pretend', { open: async (_session, argv) => ({ says: argv.join(' ') }) }),
      filling(
        'agent',
        'ant',
        agentWhich({
          endsWithTurn: false,
          resumes: true,
          receipts: { absenceProvesAfterMs: 3_000 },
          hearsWhileWorking: true,
          interrupts: true,
        }),
      ),
      filling(
        'agent',
        'bee',
        agentWhich({ endsWithTurn: true, resumes: false, receipts: null, hearsWhileWorking: false, interrupts: false }),
      ),
    ] satisfies readonly Plugin[],
  }
}

export type World = ReturnType<typeof makeWorld>

const changeOf = ({ threads: _threads, checked: _checked, ...change }: Proposed): Change => change

const filling = <S extends Slot>(slot: S, name: string, value: Awaited<ReturnType<Plugin<S>['create']>>): Plugin<S> =>
  definePlugin({ slot, name, summary: 'Pretends.', options: z.strictObject({}), missing: async () => null, create: () => value })

/** A question as a story puts it. */
export const questionOf = (parts: Partial<Question> & Pick<Question, 'text'>): Question => ({
  request: 'q1',
  kind: 'question',
  detail: null,
  options: [],
  refusal: null,
  reply: 'own',
  ...parts,
})
