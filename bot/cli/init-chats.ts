import { catalogue, row } from '../../core/kit/fault.ts'
import { list } from '../../core/kit/text.ts'
import type { Prompt } from './ask.ts'
import type { ChatKinds } from './examine.ts'
import { ink } from './print.ts'
import { docsPage, forges, problemOf, type Secret, type Setup, setups } from './setups.ts'

export const fault = catalogue({
  CHAT_NOT_KNOWN: row<{ name: string; known: readonly string[] }>(
    (f) => `There is no chat "${f.name}".`,
    (f) => (f.known.length > 0 ? `Name one of ${list(f.known, 'or')}, or say "ao init --no-chats".` : 'Say "ao init --no-chats".'),
  ),
})

/** A chat or a forge that is wanted, and the values of its variables; `known` are those that are set already, in the shell or in .env. */
export type Wanted = {
  readonly name: string
  readonly setup: Setup
  readonly values: Readonly<Record<string, string>>
  readonly known: readonly string[]
}

/** The chats that can be set up: those there are, in the order of their setups. */
export const offered = (kinds: ChatKinds): readonly string[] => Object.keys(setups).filter((name) => Object.hasOwn(kinds, name))

/**
 * The chats that a text like `slack,telegram` names, once each.
 *
 * @throws {Fault} CHAT_NOT_KNOWN
 */
export const chatsIn = (text: string, known: readonly string[]): readonly string[] => {
  const names = text
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((name) => name !== '')
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw fault('CHAT_NOT_KNOWN', { name: unknown, known })
  return known.filter((name) => names.includes(name))
}

/** Asks which chats are wanted, by number or name, until the answer can be understood. */
export const askWhich = async (prompt: Prompt, kinds: ChatKinds): Promise<readonly string[]> => {
  const names = offered(kinds)
  if (names.length === 0) return []
  prompt.say('Where shall people talk to the bot? The console is always there.')
  names.forEach((name, index) => {
    prompt.say(`  ${ink.bold(`${index + 1}`)}  ${name.padEnd(10)} ${kinds[name]?.summary ?? ''}`)
  })
  for (;;) {
    const answer = await prompt.ask('Numbers or names, as in "1 3"; Enter for none: ')
    const words = answer.replace(/\d+/g, (number) => names[Number(number) - 1] ?? number)
    try {
      return chatsIn(words, names)
    } catch {
      prompt.say(`${ink.warn('!')} That is none of them: write ${list(names, 'or')}, or the number before it.`)
    }
  }
}

/** The tokens of a chat or a forge: those that are set already, else what somebody at a terminal gives; empty where there is nobody, or Enter was pressed. */
export const tokensOf = async (
  name: string,
  { prompt, set }: { readonly prompt: Prompt | null; readonly set: Readonly<Record<string, string | undefined>> },
): Promise<Wanted> => {
  const setup = setups[name] ?? forges[name]
  if (!setup) throw fault('CHAT_NOT_KNOWN', { name, known: Object.keys(setups) })
  const known = setup.secrets.map(({ variable }) => variable).filter((variable) => set[variable])
  const values: Record<string, string> = {}
  if (prompt && known.length < setup.secrets.length) {
    prompt.say(`\n${ink.bold(setup.title)}: from nothing to its token`)
    for (const [index, step] of setup.make.entries()) prompt.say(`  ${index + 1}. ${step}`)
    prompt.say(`  More: ${docsPage(name)}`)
  }
  for (const secret of setup.secrets) {
    const given = set[secret.variable]
    values[secret.variable] = given ? given : prompt ? await askToken(prompt, secret) : ''
  }
  return { name, setup, values, known }
}

const askToken = async (prompt: Prompt, secret: Secret): Promise<string> => {
  for (;;) {
    const given = await prompt.askHidden(`${secret.title} (it is not shown; Enter leaves it for later): `)
    const token = given.replace(/^(?:Bot |Bearer )/, '').replace(/^(['"])(.*)\1$/, '$2')
    if (token === '') return ''
    const problem = problemOf(token, secret)
    if (problem === null) {
      prompt.say(`${ink.good('✓')} ${token.length} characters`)
      return token
    }
    prompt.say(`${ink.warn('!')} ${problem}`)
  }
}
