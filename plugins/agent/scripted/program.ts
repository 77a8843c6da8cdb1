import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { appendLine, parseObject } from '../../../core/kit/mailbox.ts'
import { type Heard, openEars } from './ears.ts'
import { filesIn, type RowWords } from './rows.ts'
import type { Script, Step } from './script.ts'
import { beginTurn, perform, type World } from './steps.ts'

/*
 * The scripted agent itself: a program that lives on a terminal, does the steps of its script in its working directory,
 * asks, hears and can be resumed. It loads next to nothing, because tests and benches start it by the dozen.
 *
 * program --folder F --script FILE --prompt FILE [--task KEY] [--resume CONVERSATION] [--model NAME]; AO_TASK goes before --task.
 */

/** Where it stands: indexes of steps, and between them the answers chosen on the way. */
type Path = readonly (number | string)[]
type State = { readonly conversation: string; readonly path: Path; readonly taken: number; readonly starts: number }

const main = async (): Promise<void> => {
  const option = options(process.argv.slice(2))
  const folder = option('folder') ?? process.cwd()
  const files = filesIn(folder)
  let hasTurnEnded = false
  const write = (row: RowWords): void => {
    hasTurnEnded = row.kind === 'turn-ended' || (hasTurnEnded && row.kind !== 'turn-started')
    appendLine(files.transcript, { at: Date.now(), ...row })
  }
  const print = (text: string): void => void process.stdout.write(text)
  process.stdout.on('error', () => {}) // nobody looks any more; the work goes on

  const script = JSON.parse(readFileSync(option('script') ?? files.script, 'utf8')) as Script // written by the plugin, which checked it
  const task = [process.env.AO_TASK, option('task')].find((key) => key !== undefined && Object.hasOwn(script.tasks, key)) ?? null
  const resumed = option('resume')
  const state = resumed === undefined ? fresh() : takenUp(files, resumed)
  const ears = openEars({ waiting: resumed === undefined ? [] : untaken(files, state), taken: state.taken, write, print })

  write({ kind: 'started', conversation: state.conversation, isResumed: resumed !== undefined, task, model: option('model') ?? null })
  const prompt = readFileSync(option('prompt') ?? files.prompt, 'utf8')
  write({ kind: 'prompt', text: prompt })
  print(`${task ?? 'any task'}: ${prompt.split('\n', 1)[0]}\n`)

  let current = state
  const save = (path: Path): void => {
    current = { ...current, path, taken: ears.taken() }
    // Renamed into its place: a crash leaves the old state or the new one.
    writeFileSync(`${files.state}.new`, JSON.stringify(current))
    renameSync(`${files.state}.new`, files.state)
  }
  save(state.path)
  const world: World = { folder, ears, write, print }
  try {
    if (resumed !== undefined)
      await follow(script.resume, { world, state, prefix: ['resume', state.starts], rest: [], save: () => save(current.path) })
    const steps = task === null ? script.default : (script.tasks[task] ?? [])
    await follow(steps, { world, state, prefix: [], rest: state.path, save })
    if (!hasTurnEnded) write({ kind: 'turn-ended', message: null })
    await idle(world, () => save(current.path))
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    write({ kind: 'failed', text })
    process.stderr.write(`This step of the script failed: ${text}\n`)
    process.exit(1)
  }
}

/** Does the steps from where `rest` points to; `prefix` is the way to them. */
const follow = async (
  steps: readonly Step[],
  walk: {
    readonly world: World
    readonly state: State
    readonly prefix: Path
    readonly rest: Path
    readonly save: (path: Path) => void
  },
): Promise<void> => {
  const { world, state, prefix, save } = walk
  const [first = 0, ...inside] = walk.rest
  for (const [index, step] of steps.entries()) {
    if (index < Number(first)) continue
    const here = [...prefix, index]
    const isInside = index === first && inside.length > 0
    const request = [state.conversation, ...here].join('.')
    const chosen = isInside ? String(inside[0]) : await perform(step, world, { request, complete: () => save([...prefix, index + 1]) })
    if (chosen !== null && 'ask' in step) {
      if (!isInside) save([...here, chosen, 0])
      await follow(step.ask.answers[chosen] ?? [], { ...walk, prefix: [...here, chosen], rest: isInside ? inside.slice(1) : [] })
    }
    save([...prefix, index + 1])
  }
}

/** The script is done: each further message gets a short turn of its own. */
const idle = async (world: World, save: () => void): Promise<never> => {
  for (;;) {
    beginTurn(world, await world.ears.next(null))
    save()
    world.print('My script has no more steps.\n')
    world.write({ kind: 'turn-ended', message: 'My script has no more steps.' })
  }
}

const fresh = (): State => ({ conversation: randomBytes(4).toString('hex'), path: [], taken: 0, starts: 1 })

const takenUp = (files: ReturnType<typeof filesIn>, conversation: string): State => {
  const state = JSON.parse(readFileSync(files.state, 'utf8')) as State // written by an earlier process of ours
  if (state.conversation === conversation) return { ...state, starts: state.starts + 1 }
  process.stderr.write(`There is no conversation ${conversation} here, only ${state.conversation}.\n`)
  process.exit(2)
}

/** Messages that an earlier process of this conversation received and did not get to. */
const untaken = (files: ReturnType<typeof filesIn>, { taken }: State): readonly Heard[] => {
  const rows = readFileSync(files.transcript, 'utf8').split('\n').map(parseObject)
  const begin = rows.findLastIndex((row) => row?.kind === 'started' && row.isResumed === false)
  const received = rows.slice(begin).filter((row) => row?.kind === 'received')
  return received.slice(taken).map((row) => row as unknown as Heard) // our own rows
}

const options =
  (argv: readonly string[]) =>
  (name: string): string | undefined => {
    const at = argv.indexOf(`--${name}`)
    return at < 0 ? undefined : argv[at + 1]
  }

await main()
