import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Effect, EffectOf } from '../contracts/effect.ts'
import type { Picture } from '../contracts/input.ts'
import type { EffectName, PermissionMode } from '../contracts/names.ts'
import type { Agent, Alert, Project, Scm, Tracker, Workspace } from '../contracts/plugins.ts'
import type { Handle, Runtime } from '../contracts/runtime.ts'
import { explain, isFault } from '../kit/fault.ts'
import { fingerprint } from '../kit/text.ts'
import { wrap } from '../kit/wrap.ts'
import { adoptedWords, instructionsFor, promptFor } from '../session/prompt.ts'
import type { Reader } from './reader.ts'
import { endStranger, mustBeAlone } from './strangers.ts'

/** What hands reach into the world with: the plugins of each project, agent and host. */
export type Tools = {
  readonly project: (name: string) => Project & { readonly rules: string | null; readonly permissions: PermissionMode }
  readonly workspace: (project: string) => Workspace
  readonly tracker: (project: string) => Tracker
  readonly scm: (project: string) => Scm
  readonly agent: (project: string, name: string) => Agent
  readonly runtime: (host: string) => Runtime
  /** The session's own folder; made on demand. */
  readonly folder: (session: string) => string
  /** What every agent of that session finds in its environment: PATH with `ao`, HOME, the session's folder. None of the bot's secrets. */
  readonly environment: (session: string) => Readonly<Record<string, string>>
  readonly reader: Reader
  /** Calls people; resolves when it is delivered as far as can be told. */
  readonly call: (alert: Alert) => Promise<void>
  readonly now: () => number
  readonly sleep: (waitMs: number, signal?: AbortSignal) => Promise<void>
  /** Work on one session's process is done one after the other: an end must not overtake a start. */
  readonly lock: <T>(name: string, work: () => Promise<T>) => Promise<T>
}

type Context = { readonly id: string; readonly key: string; readonly signal: AbortSignal }
type Hand<N extends EffectName> = (tools: Tools, effect: EffectOf<N>, context: Context) => Promise<Picture | null>

/** Carries out any effect. What fails comes back as a picture of the failure; only an aborted effect throws. */
export const performWith =
  (tools: Tools) =>
  async (effect: Effect, context: Context): Promise<{ readonly at: number; readonly seen: Picture } | null> => {
    try {
      // The table pairs each effect with its own hand, which the compiler cannot see through the union.
      const seen = await (hands[effect.do] as Hand<EffectName>)(tools, effect, context)
      return seen === null ? null : { at: tools.now(), seen }
    } catch (error) {
      if (context.signal.aborted) throw error
      return { at: tools.now(), seen: failure(effect, error) }
    }
  }

const failure = (effect: Effect, error: unknown): Picture => ({
  kind: 'failed',
  effect: effect.do,
  subject: effect.subject,
  code: isFault(error) ? error.code : null,
  why: explain(error),
  hint: isFault(error) ? error.hint : null,
  mayPass: isFault(error) ? error.mayPass : true,
  untilMs: isFault(error) && typeof error.facts.untilMs === 'number' ? error.facts.untilMs : null,
})

/** One small function an effect. Each is safe to run twice: it finds what it did before. */
const hands: { readonly [N in EffectName]: Hand<N> } = {
  'workspace.create': async (tools, { project, base, branch }, { id, signal }) => ({
    kind: 'workspace',
    workspace: await tools.workspace(project).create(
      {
        session: id,
        project: tools.project(project),
        base,
        from: await tools.scm(project).base({ project: tools.project(project), base }, signal),
        branch,
      },
      signal,
    ),
  }),

  'workspace.look': async (tools, { project, workspace }) => ({ kind: 'work', work: await tools.workspace(project).look(workspace) }),

  'workspace.remove': async (tools, { project, workspace, merged }, { id }) => ({
    kind: 'removed',
    ...(await tools.workspace(project).remove(workspace, id, tools.project(project), merged)),
  }),

  'agent.adopt': (tools, effect, { id }) =>
    tools.lock(id, async () => {
      await endStranger(tools, effect)
      return { kind: 'adopted', process: effect.process }
    }),

  'agent.launch': (tools, effect, { id, signal }) =>
    tools.lock(id, async () => {
      const { project, workspace, host, run } = effect
      await mustBeAlone(tools, id, effect)
      const agent = tools.agent(project, effect.agent)
      const folder = tools.folder(id)
      await mkdir(folder, { recursive: true })
      const resume = agent.can.resumes ? effect.resume : null
      const { rules, permissions } = tools.project(project)
      const { argv, env, stdin, files } = agent.launch({
        session: id,
        workspace,
        folder,
        run,
        instructions: instructionsFor({ branch: workspace.branch, base: effect.base, rules, isForeign: workspace.isForeign === true }),
        prompt: firstWords(effect, resume),
        resume,
        model: effect.model,
        permissions,
      })
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(path), { recursive: true })
        await writeFile(path, text, { mode: 0o600 })
      }
      const handle = await tools
        .runtime(host)
        .start({ name: id, run, argv, cwd: workspace.path, env: { ...tools.environment(id), ...env }, stdin, folder }, signal)
      return { kind: 'started', handle, message: effect.message?.id ?? null }
    }),

  'agent.tell': async (tools, { project, agent: name, handle, message }, { id, signal }) => {
    const agent = tools.agent(project, name)
    const way = await agent.tell(message, reach(tools, id, handle, signal))
    return { kind: 'sent', message: message.id, way, hasReceipts: agent.can.receipts !== null }
  },

  'agent.find': async (tools, { project, agent: name, message, handedAt, workspace, conversation }, { id, signal }) => {
    const { receipts } = tools.agent(project, name).can
    const isThere = async (): Promise<boolean> =>
      (await tools.reader.read({ id, project, agent: name, workspace, conversation })).received.includes(message.id)
    if (await isThere()) return { kind: 'found', message: message.id, outcome: 'seen' }
    if (!receipts) return { kind: 'found', message: message.id, outcome: 'unknown' }
    await tools.sleep(Math.max(0, handedAt + receipts.absenceProvesAfterMs - tools.now()), signal)
    return { kind: 'found', message: message.id, outcome: (await isThere()) ? 'seen' : 'absent' }
  },

  'agent.answer': async (tools, { project, agent, handle, decision }, { id, signal }) => ({
    kind: 'handed',
    request: decision.request,
    outcome: await tools.agent(project, agent).answer(decision, reach(tools, id, handle, signal)),
  }),

  'agent.interrupt': async (tools, { project, agent: name, handle }, { id, signal }) => {
    const agent = tools.agent(project, name)
    if (!agent.interrupt) throw new Error(`${name} has no means to break off a turn.`) // asked for only where it can
    return { kind: 'interrupted', outcome: await agent.interrupt(reach(tools, id, handle, signal)) }
  },

  'agent.suspend': async (tools, { handle }) => {
    await tools.runtime(handle.host).suspend(handle)
    return { kind: 'suspended' }
  },

  'agent.resume': async (tools, { handle }) => {
    await tools.runtime(handle.host).resume(handle)
    return { kind: 'resumed' }
  },

  'agent.end': (tools, { handle }, { id }) =>
    tools.lock(id, async () => {
      await tools.runtime(handle.host).end(handle)
      return { kind: 'gone', handle }
    }),

  'scm.open': async (tools, { project, workspace, base, title, body }, { signal }) => ({
    kind: 'change',
    change: await tools.scm(project).open({ project: tools.project(project), workspace, base, title, body }, signal),
  }),

  'scm.push': async (tools, { project, workspace, number }, { signal }) => {
    await tools.scm(project).push({ project: tools.project(project), workspace }, signal)
    return lookAt(tools, { project, number, branch: workspace.branch }, signal)
  },

  'scm.details': async (tools, { project, number, head, key }, { signal }) => ({
    kind: 'details',
    key,
    found: await tools.scm(project).details({ project: tools.project(project), number }, head, signal),
  }),

  'scm.review': async (tools, { project, number, by, verdict, head, text, since }, { signal }) => {
    signal.throwIfAborted()
    await tools.scm(project).review({ project: tools.project(project), number }, { by, verdict, head, text })
    return { kind: 'reviewed', of: since }
  },

  'scm.merge': async (tools, { project, number, head, base, method, title }, { signal }) => ({
    kind: 'merge',
    number,
    head,
    outcome: await tools.scm(project).merge({ project: tools.project(project), number }, { head, base, method, title }, signal),
  }),

  'scm.look': (tools, { project, number, branch }, { signal }) => lookAt(tools, { project, number, branch }, signal),

  // Where it went well the change itself is shown, at its new head.
  'scm.update': async (tools, { project, number, head, workspace }, { signal }) => {
    const outcome = await tools.scm(project).update({ project: tools.project(project), number }, { head, workspace }, signal)
    return outcome.updated && outcome.head !== head
      ? lookAt(tools, { project, number, branch: workspace.branch }, signal)
      : { kind: 'updated', number, head, outcome }
  },

  'scm.withdraw': async (tools, { project, number }, { signal }) => {
    await tools.scm(project).withdraw({ project: tools.project(project), number }, signal)
    return { kind: 'withdrawn', number }
  },

  'scm.revert': async (tools, { project, number, by }, { signal }) => {
    const change = await tools.scm(project).revert({ project: tools.project(project), number }, { by }, signal)
    return { kind: 'reverted', number: change.number, url: change.url }
  },

  'tracker.note': async (tools, { project, task, stage, text, label }, { id }) => {
    const tracker = tools.tracker(project)
    if (text !== null) await tracker.note(task, { id: `${id}-${stage}-${fingerprint(text)}`, text })
    if (label !== null) await tracker.label(task, label, stage !== 'ended')
    return { kind: 'noted', stage }
  },

  'tracker.close': async (tools, { project, task, note }) => {
    await tools.tracker(project).close(task, note)
    return { kind: 'closed' }
  },

  'people.call': async (tools, { key, priority, text, of }, { id }) => {
    await tools.call({ key, session: id, priority, text, of })
    return { kind: 'called', key, of }
  },
}

/** The task, or words that begin the next turn; an agent that cannot take up its conversation is told both. */
const firstWords = ({ task, message, done, isFirst, workspace }: EffectOf<'agent.launch'>, resume: string | null): string => {
  const words = message === null ? null : wrap(message)
  // Only what a person began has a conversation before its first start.
  if (resume !== null && isFirst) return words ?? adoptedWords(workspace.branch)
  if (resume !== null) return words ?? 'You were interrupted and have been started again. Go on where you stopped.'
  const prompt = promptFor({ task, done: isFirst ? null : done })
  return words === null ? prompt : `${prompt}\n\n${words}`
}

const reach = (tools: Tools, id: string, handle: Handle, signal: AbortSignal) => {
  const runtime = tools.runtime(handle.host)
  const terminal = runtime.hasTerminal
    ? {
        paste: (text: string) => runtime.paste(handle, text),
        press: (keys: readonly string[]) => runtime.press(handle, keys),
        screen: (lines: number) => runtime.screen(handle, lines),
      }
    : null
  return { folder: tools.folder(id), terminal, signal }
}

const lookAt = async (
  tools: Tools,
  { project, number, branch }: { readonly project: string; readonly number: number; readonly branch: string },
  signal: AbortSignal,
): Promise<Picture | null> => {
  const [seen] = await tools.scm(project).look([{ project: tools.project(project), number, branch }], signal)
  if (seen instanceof Error) throw seen
  return seen ? { kind: 'change', change: seen } : null
}
