import { join } from 'node:path'
import { redacting } from '../../core/kit/redact.ts'
import type { Found } from './config-text.ts'
import type { Exposure } from './dotenv.ts'
import { type ChatKinds, examineChats } from './examine.ts'
import { findingLines } from './findings.ts'
import type { Wanted } from './init-chats.ts'
import { ink } from './print.ts'
import { docsPage } from './setups.ts'

/** What telling needs of whoever asked for a config. */
type Desk = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly kinds: ChatKinds
  readonly print: (line: string) => void
  readonly now: () => number
  readonly limitMs: number
}

/** What was found out about the repository, and what its config still lacks. */
export const tell = ({ name, base, agent, check, forge }: Found, isFirst: boolean, { print }: Desk): void => {
  print(
    `  project ${ink.bold(name)} on ${base}, agent ${ink.bold(agent.name)}, ${forge !== null ? 'checks: those of the forge' : check === null ? 'no check command found: changes wait until you write one under scm.checks, or set noChecks: mergeable' : `checks: ${check.run}`}`,
  )
  if (agent.lacks !== null) print(`${ink.warn('!')} ${agent.name} cannot be started yet. To mend it: ${agent.lacks}`)
  if (isFirst) print(`${ink.good('✓')} ${join('.ao', 'issues', '1-first-task.md')}: write your first issue there`)
}

/** Where the tokens are, and who else could read them. */
export const tellEnv = ({ ignore, isCommitted, isReadable }: Exposure, isWritten: boolean, { print }: Desk): void => {
  if (isWritten) print(`${ink.good('✓')} .env has the names of the tokens${ignore ? ', and .gitignore keeps it out of commits' : ''}`)
  if (isCommitted) print(`${ink.warn('!')} .env is in the repository: say "git rm --cached .env", and make new tokens if it was pushed.`)
  if (isReadable) print(`${ink.warn('!')} Others on this machine can read .env: say "chmod 600 .env".`)
}

/** What is to be done for each chat; one that has its tokens is looked at. */
export const tellChats = async (wanted: readonly Wanted[], { print, kinds, now, limitMs }: Desk): Promise<void> => {
  for (const { name, setup, values, known } of wanted) {
    const missing = setup.secrets.map(({ variable }) => variable).filter((variable) => !values[variable])
    print(
      `\n${ink.bold(setup.title)}${known.length > 0 ? `: ${known.join(' and ')} ${known.length > 1 ? 'were' : 'was'} there already` : ''}`,
    )
    const steps =
      missing.length > 0
        ? [...setup.make, `Put ${missing.join(' and ')} into .env; the bot does not start without.`, ...setup.next]
        : setup.next
    for (const [index, step] of steps.entries()) print(`  ${index + 1}. ${step}`)
    print(`  More: ${docsPage(name)}`)
    const options = missing.length > 0 ? null : kinds[name]?.options.safeParse(optionsOf(setup, values))
    if (!options?.success) continue // without its tokens there is nothing to look at
    const redact = redacting(Object.values(values))
    const findings = await examineChats({ [name]: options.data }, kinds, { now, isRoundTrip: false, isBotRunning: false, limitMs })
    for (const line of findings.flatMap((finding) => findingLines(finding, redact))) print(`  ${line}`)
  }
  if (wanted.length > 0) print('')
}

const optionsOf = ({ secrets }: Wanted['setup'], values: Wanted['values']): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(secrets.map(({ option, variable }) => [option, values[variable]]))
