import { execFile, spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { answerText, appendRow, waitForAnswer } from '../../../core/kit/mailbox.ts'
import type { Ears, Heard } from './ears.ts'
import type { RowWords } from './rows.ts'
import type { Ask, Step } from './script.ts'

/** What a step may touch. */
export type World = {
  readonly folder: string
  readonly ears: Ears
  readonly write: (row: RowWords) => void
  readonly print: (text: string) => void
}

/** Where a step stands: its `request` names the question it may ask; `complete` writes down that it is done, for steps that never return. */
export type Place = { readonly request: string; readonly complete: () => void }

/** Does one step. Gives the key of the answer that was chosen when it asked, otherwise null. Throws when the step fails. */
export const perform = async (step: Step, world: World, place: Place): Promise<string | null> => {
  const verb = (Object.keys(step) as (keyof typeof verbs)[]).find((key) => key in verbs) // the plugin checked the script
  if (verb === undefined) throw new Error(`there is no such step: ${JSON.stringify(step)}`)
  const act = verbs[verb] as (step: Step, world: World, place: Place) => unknown // found by the key of that very step
  const chosen = await act(step, world, place)
  return typeof chosen === 'string' ? chosen : null
}

/** Begins a turn with a message. */
export const beginTurn = ({ write }: World, { ids, text }: Heard): void =>
  write({ kind: 'turn-started', ids, text: text.replace(/^\[ao #[^\]]*\] ([\s\S]*) \.$/, '$1').slice(0, 500) })

type Verbs = Step extends infer S ? (S extends S ? Exclude<keyof S, 'text' | 'options'> : never) : never
type Act<Verb extends Verbs> = (step: Extract<Step, Readonly<Record<Verb, unknown>>>, world: World, place: Place) => unknown

const verbs: { readonly [Verb in Verbs]: Act<Verb> } = {
  say: ({ say }, { print }) => print(`${say}\n`),
  write: ({ write: { file, text } }, { write, print }) => {
    mkdirSync(dirname(resolve(file)), { recursive: true })
    writeFileSync(file, text)
    print(`wrote ${file}\n`)
    write({ kind: 'worked', what: `write ${file}` })
  },
  replace: ({ replace: { file, from, to } }, { write, print }) => {
    const text = readFileSync(file, 'utf8')
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`)
    writeFileSync(
      file,
      text.replaceAll(from, () => to),
    )
    print(`changed ${file}\n`)
    write({ kind: 'worked', what: `replace in ${file}` })
  },
  run: ({ run }, world) => asTool(run, world, () => inShell(run)),
  commit: async ({ commit }, { write, print }) => {
    print(`${await commitAll(commit)}\n`)
    write({ kind: 'worked', what: `commit ${commit}` })
  },
  report: ({ report, text, options }, { folder, print }, { request }) => {
    appendRow(folder, { v: 1, at: Date.now(), report, text, ...(report === 'blocked' && { request, options: options ?? [] }) })
    print(`reported ${report}: ${text}\n`)
  },
  ask: ({ ask }, world, { request }) => askPerson(ask, request, world),
  wait: async ({ wait }, world) => beginTurn(world, await world.ears.next(wait === 'message' ? null : wait.match)),
  sleep: ({ sleep: ms }) => sleep(ms),
  // A restart cures a hang: it goes on behind it.
  hang: (_, { ears }, { complete }) => {
    complete()
    ears.close()
    return new Promise(() => setInterval(() => {}, 2 ** 30))
  },
  tool: ({ tool: { name, ms } }, world) => asTool(name, world, () => sleep(ms)),
  idle: ({ idle }, { write, print }) => {
    print(`${idle}\n`)
    write({ kind: 'turn-ended', message: idle })
  },
  exit: ({ exit }, { write }, { complete }) => {
    complete()
    write({ kind: 'ended', code: exit })
    process.exit(exit)
  },
  die: ({ die }, _, { complete }) => {
    complete()
    process.kill(process.pid, die)
    // The signal arrives a moment later, and some can be survived.
    return sleep(1_000)
  },
  spawn: ({ spawn: command }) => spawn('/bin/sh', ['-c', command], { detached: true, stdio: 'ignore' }).unref(),
}

const asTool = async (name: string, { write, print }: World, work: () => Promise<unknown>): Promise<void> => {
  write({ kind: 'tool', name })
  print(`$ ${name}\n`)
  try {
    await work()
  } finally {
    write({ kind: 'tool-ended', name })
  }
}

const inShell = (command: string): Promise<void> =>
  new Promise((done, failed) => {
    const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'inherit', 'inherit'] })
    child.on('error', failed)
    child.on('exit', (code, signal) => (code === 0 ? done() : failed(new Error(`"${command}" ended with ${signal ?? code}`))))
  })

/** Asks at the terminal and by the transcript at once; whoever answers first is taken, and what comes later is not looked at. */
const askPerson = async ({ text, options, kind }: Ask, request: string, { folder, ears, write, print }: World): Promise<string> => {
  print(`? ${text}\n${options.map((option, at) => `  ${at + 1}. ${option}\n`).join('')}`)
  write({ kind: 'asked', request, about: kind, text, options })
  const over = new AbortController()
  const typed = ears.choice(options, over.signal).then((words) => {
    const choice = options.length === 0 ? null : Number(words)
    return { by: 'terminal' as const, choice, text: answerText({ choice, text: options.length === 0 ? words : '', by: '' }, options) }
  })
  const handed = waitForAnswer(folder, request, { signal: over.signal, pollMs: 500 }).then((answer) => {
    const said = options.findIndex((option) => option.toLowerCase() === answer.text.trim().toLowerCase()) + 1
    return { by: 'chat' as const, choice: answer.choice ?? (said > 0 ? said : null), text: answerText(answer, options) }
  })
  handed.catch(() => {}) // that nobody handed an answer in time is no failure once somebody has typed one
  const first = await Promise.race([typed, handed])
  over.abort(new Error('answered'))
  write({ kind: 'answered', request, text: first.text, by: first.by })
  print(`${first.text} (${first.by})\n`)
  return first.choice === null ? 'other' : String(first.choice)
}

const git = (args: readonly string[]): Promise<{ readonly stdout: string }> => promisify(execFile)('git', [...args])

/** Commits everything, under a name of its own where git knows none. That there is nothing to commit is fine: a step may be done again after a crash. */
const commitAll = async (message: string): Promise<string> => {
  await git(['add', '--all'])
  if ((await git(['status', '--porcelain'])).stdout === '') return 'nothing to commit'
  const hasName = await git(['config', 'user.email']).then(
    () => true,
    () => false, // git exits 1 for "not set"
  )
  const name = hasName ? [] : ['-c', 'user.name=Scripted Agent', '-c', 'user.email=scripted-agent@localhost']
  await git([...name, 'commit', '--quiet', '--no-gpg-sign', '--message', message])
  return `committed ${message}`
}
