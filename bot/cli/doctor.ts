import { join } from 'node:path'
import type { Config } from '../../core/config/config.ts'
import { isFault } from '../../core/kit/fault.ts'
import { redacting } from '../../core/kit/redact.ts'
import { chatKinds } from '../chats.ts'
import type { Finding } from '../contracts/chat.ts'
import { placesIn } from '../main.ts'
import { type ChatKinds, examineChats, examineLimitMs, type Look } from './examine.ts'
import { findingLines } from './findings.ts'
import { healthFindings } from './health.ts'
import { agents, beyond, dataFolder, languageModel, machine, programs, repository } from './machine.ts'
import { print as printLine } from './print.ts'
import { loadSettings, type Settings } from './settings.ts'
import { docsPage } from './setups.ts'
import { webhookHealth } from './webhook.ts'

/** What `ao doctor` looks with; a test hands in its own. */
export type Practice = {
  readonly kinds: ChatKinds
  readonly load: (file: string) => Promise<Pick<Settings, 'config' | 'secrets' | 'secretNames'>>
  readonly print: (line: string) => void
  readonly now: () => number
  readonly limitMs: number
}

const ours: Practice = { kinds: chatKinds, load: loadSettings, print: printLine, now: Date.now, limitMs: examineLimitMs }

/** `ao doctor`: looks at everything the config needs. Exit code 1 when something must be mended before the bot can work. */
export const doctor = async (
  { config: file, roundTrip = false }: { readonly config: string; readonly roundTrip?: boolean },
  { kinds, load, print, now, limitMs }: Practice = ours,
): Promise<number> => {
  const findings: Finding[] = [...(await programs())]
  const settings = await load(file).catch((error: unknown) => {
    if (!isFault(error)) throw error
    findings.push({ level: 'FAIL', what: error.message, cure: `${error.hint}${pagesFor(error.facts, kinds)}` })
    return null
  })
  if (settings) {
    findings.push(inOrder(file, settings), ...(await examine(settings.config, kinds, { now, isRoundTrip: roundTrip, limitMs })))
  }
  const redact = redacting(settings?.secrets ?? [])
  for (const line of findings.flatMap((finding) => findingLines(finding, redact))) print(line)
  const failed = findings.filter(({ level }) => level === 'FAIL').length
  print(failed === 0 ? '\nAll that is needed is there.' : `\n${failed === 1 ? 'One thing' : `${failed} things`} must be mended first.`)
  return failed === 0 ? 0 : 1
}

const inOrder = (file: string, { config, secretNames }: Pick<Settings, 'config' | 'secretNames'>): Finding => {
  const secrets = new Set(secretNames).size // what the config names may be in .env as well
  const kept = secrets === 0 ? '' : `, ${secrets === 1 ? 'one secret' : `${secrets} secrets`} from the environment`
  return { level: 'PASS', what: `${file} is in order: ${Object.keys(config.projects).join(', ')}${kept}` }
}

const examine = async (config: Config, kinds: ChatKinds, look: Omit<Look, 'isBotRunning'>): Promise<readonly Finding[]> => {
  const data = await dataFolder(config)
  const [needs, programsOfAgents, repositories, outside, model, chats] = await Promise.all([
    machine(config),
    agents(config),
    Promise.all(Object.values(config.projects).map(repository)),
    beyond(config, look.now),
    languageModel(config),
    examineChats(config.chats, kinds, { ...look, isBotRunning: data.isBotRunning }),
  ])
  const health = data.isBotRunning
    ? await healthFindings(join(config.data, 'documents', 'health.json'), {
        chats: Object.fromEntries(Object.entries(config.chats).filter(([name]) => Object.hasOwn(kinds, name))),
        now: look.now(),
        log: placesIn(config.data).log,
      })
    : []
  const webhooks = await webhookHealth(config, look.now)
  return [...needs, ...programsOfAgents, ...repositories, ...outside, ...webhooks, ...data.findings, model, ...chats, ...health]
}

/** Where the config is wrong about a chat, the page that sets that chat up. */
const pagesFor = (facts: Readonly<Record<string, unknown>>, kinds: ChatKinds): string => {
  const problems = Array.isArray(facts.problems) ? facts.problems : []
  const wheres = problems.flatMap((problem: unknown) =>
    typeof problem === 'object' && problem !== null && 'where' in problem && typeof problem.where === 'string' ? [problem.where] : [],
  )
  const pages = Object.keys(kinds).filter((name) => wheres.some((where) => where.startsWith(`chats.${name}.`)))
  return pages.length > 0 ? `\nFrom nothing to the tokens: ${pages.map(docsPage).join(', ')}` : ''
}
