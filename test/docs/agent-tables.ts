import { z } from 'zod'
import { type QuestionKind, questionKinds } from '../../core/contracts/agent.ts'
import type { AgentAbilities, AgentProfile, Plugin } from '../../core/contracts/plugins.ts'

/** An agent's plugin, and what it can do once it is made. */
export type Known = { readonly plugin: Plugin; readonly can: AgentAbilities }

/** The parts of `docs/agents.md` that are made from the plugins' own data, by the name that stands before them. */
export const agentTables = (agents: readonly Known[]): Readonly<Record<'table' | 'lacks' | 'options', string>> => ({
  table: table(
    [
      'agent',
      'proven with',
      'permission modes',
      ...questionKinds.map((kind) => heads[kind]),
      'words',
      'arrival',
      'while it works',
      'interrupt',
      'takes up',
      'says',
    ],
    agents.map(rowOf),
  ),
  lacks: agents.map(({ plugin }) => `- **${plugin.name}**: ${plugin.summary}\n${lackingOf(plugin)}`).join('\n'),
  options: table(
    ['agent', 'option', 'default', 'what'],
    agents.flatMap(({ plugin }) => optionsOf(plugin)),
  ),
})

const heads: Readonly<Record<QuestionKind, string>> = {
  permission: 'asks permission',
  question: 'asks questions',
  plan: 'asks about plans',
  login: 'login',
  limit: 'limit',
  trust: 'trust',
}

const rowOf = ({ plugin: { name, profile }, can }: Known): readonly string[] => [
  `\`${name}\``,
  ...(profile === undefined ? unknown : known(profile)),
  words(profile, can),
  can.receipts === null ? 'not confirmed' : 'proven',
  can.hearsWhileWorking ? 'hears' : 'words wait',
  can.interrupts ? 'yes' : 'no',
  can.resumes ? 'yes' : 'no',
  profile === undefined ? '–' : { cost: 'tokens, cost', tokens: 'tokens', none: 'nothing' }[profile.usage],
]

const known = ({ verified, permissions, asks }: AgentProfile): readonly string[] => [
  verified ?? '*unverified*',
  permissions.map((mode) => `\`${mode}\``).join(' '),
  ...questionKinds.map((kind) => ({ own: 'own', screen: 'screen', none: 'no' })[asks[kind]]),
]
/** A program nobody knows is told by its options alone. */
const unknown = ['–', '–', ...questionKinds.map(() => '–')]

const words = (profile: AgentProfile | undefined, { endsWithTurn }: AgentAbilities): string =>
  profile === undefined ? (endsWithTurn ? 'next turn' : 'typed') : { own: 'own', typed: 'typed', restart: 'next turn' }[profile.tells]

const lackingOf = ({ profile }: Plugin): string =>
  profile === undefined
    ? '  - It is told by its options; nothing is known of it besides.'
    : profile.lacks.length === 0
      ? '  - Nothing that is known.'
      : profile.lacks.map((one) => `  - ${one}`).join('\n')

const optionsOf = ({ name, options }: Plugin): readonly (readonly string[])[] => {
  const { properties = {}, required = [] } = z.toJSONSchema(options, { io: 'input', unrepresentable: 'any' })
  return Object.entries(properties).map(([key, schema]) => {
    const { description = '', default: preset } = typeof schema === 'object' ? schema : {}
    const value = preset === undefined ? (required.includes(key) ? 'required' : '–') : `\`${JSON.stringify(preset)}\``
    return [`\`${name}\``, `\`${key}\``, value, description.replaceAll('|', '\\|')]
  })
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
