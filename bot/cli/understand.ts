import { readFile } from 'node:fs/promises'
import { type Problem, sayProblem } from '../../core/config/problems.ts'
import { catalogue, explain, row } from '../../core/kit/fault.ts'
import { type Does, readLines, type Says, saysWhat, score } from '../understand/score.ts'
import { corpusWorld, placeIn, type World } from '../understand/world.ts'
import { ink, print } from './print.ts'

/** Where it reads and prints: the streams of the process. */
export type Streams = { readonly read: AsyncIterable<string | Buffer>; readonly print: (line: string) => void }
const processStreams: Streams = {
  get read() {
    return process.stdin // opened when it is read
  },
  print,
}

export const fault = catalogue({
  NOTHING_TO_UNDERSTAND: row<object>(
    () => 'There is nothing to understand.',
    () => 'Add the words, as in "ao understand merge app-3", or name a file of sentences with --score.',
  ),
  SENTENCES_UNREADABLE: row<{ path: string; reason: string }>(
    (f) => `The sentences of ${f.path} cannot be read (${f.reason}).`,
    () => 'Name a file with one JSON object a line behind --score, or - for what is piped in.',
  ),
  SENTENCES_REFUSED: row<{ path: string; problems: readonly Problem[] }>(
    (f) => [`${f.path} cannot be scored:`, ...f.problems.map((problem) => `  ${sayProblem(problem)}`)].join('\n'),
    () => 'Mend that and score it again; a line is a JSON object with the keys say, in, means and risk.',
  ),
})

type Options = { readonly in: string; readonly json?: boolean; readonly score?: string; readonly config?: string }

/** `ao understand`: what the bot would do about words, or how many sentences of a file it understands. Nothing is done. */
export const understand = async (words: readonly string[], options: Options, streams: Streams = processStreams): Promise<number> => {
  const world = options.config === undefined ? corpusWorld : await worldOf(options.config)
  if (options.score !== undefined) {
    const path = options.score === '-' ? 'Standard input' : options.score
    const read = readLines(await textOf(options.score, streams), world)
    if ('problems' in read) throw fault('SENTENCES_REFUSED', { path, problems: read.problems })
    streams.print(JSON.stringify(score(read.lines, world), null, 2))
    return 0
  }
  if (words.length === 0) throw fault('NOTHING_TO_UNDERSTAND', {})
  const says = saysWhat(words.join(' '), placeIn(world, options.in))
  for (const line of options.json ? [JSON.stringify(says, null, 2)] : asText(says)) streams.print(line)
  return 0
}

/** What would become of words, for a person. */
export const asText = (says: Says): readonly string[] => {
  const { means, does, command, why } = says
  const { intent, ...slots } = means && 'intent' in means ? means : { intent: null }
  const filled = Object.entries(slots).map(([name, value]) => `${ink.dim(`${name}:`)} ${shown(value)}`)
  const deed = paint[does](deeds[does](says))
  return [
    ...(intent === null ? [deed] : [[ink.bold(intent), ...filled].join('  '), `  ${deed}`]),
    ...(command === null ? [] : [`  ${ink.words(command)}`]),
    ...(why === null ? [] : [`  ${why}`]),
  ]
}

const shown = (value: unknown): string => (Array.isArray(value) ? value.join(', ') : String(value))

const paint: Readonly<Record<Does, (text: string) => string>> = {
  reads: ink.good,
  'acts at once': ink.good,
  'asks first': ink.warn,
  'names the command': ink.warn,
  'asks back': ink.warn,
  refuses: ink.bad,
  nothing: ink.dim,
}

const how = ({ isExact, means }: Says): string => (means && 'ask' in means ? 'nearly a command' : isExact ? 'an exact command' : 'a guess')

const deeds: Readonly<Record<Does, (says: Says) => string>> = {
  reads: (says) => `${how(says)}: answered at once, and nothing changes`,
  'acts at once': (says) => `${how(says)}: done at once`,
  'asks first': (says) => `${how(says)}: done after a tap`,
  'names the command': (says) => `${how(says)}: the command is named, and nothing is done`,
  'asks back': ({ means }) => `asks back: ${means && 'ask' in means ? means.ask : ''}`,
  refuses: (says) => `${how(says)}: refused`,
  nothing: () => 'nothing is done',
}

const textOf = async (path: string, { read }: Streams): Promise<string> => {
  if (path !== '-')
    return readFile(path, 'utf8').catch((cause: unknown) => {
      throw fault('SENTENCES_UNREADABLE', { path, reason: explain(cause) }, { cause })
    })
  let text = ''
  for await (const part of read) text += part.toString()
  return text
}

/** The world of a config before anything has begun. */
const worldOf = async (file: string): Promise<World> => {
  const { config } = await (await import('./settings.ts')).loadSettings(file)
  const projects = Object.keys(config.projects)
  return {
    projects,
    project: projects.length === 1 ? (projects[0] ?? null) : null,
    agents: [...new Set(Object.values(config.projects).flatMap(({ agents }) => Object.keys(agents)))],
    people: config.people.map(({ name }) => name),
    sessions: [],
  }
}
