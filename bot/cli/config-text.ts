import { homedir, userInfo } from 'node:os'
import { isMap, isScalar, parseDocument, stringify } from 'yaml'
import { z } from 'zod'
import { readConfig } from '../../core/config/load.ts'
import type { Problem } from '../../core/config/problems.ts'
import type { Environment } from '../../core/config/variables.ts'
import { createRegistry } from '../../core/plugins/registry.ts'
import { defaultPlugins, plugins } from '../../plugins/index.ts'
import type { KnownAgent } from './agents.ts'
import type { ChatKinds } from './examine.ts'
import { forges, setups } from './setups.ts'

/** What `ao init` found out about a repository. */
export type Found = {
  readonly name: string
  readonly base: string
  readonly agent: KnownAgent
  readonly check: { readonly name: string; readonly run: string } | null
  /** Where issues and changes are; null: on this machine. */
  readonly forge: string | null
}

/** A first config for a repository. */
export const configText = ({ name, base, agent, check, forge }: Found, chats: readonly string[]): string => {
  const config = {
    projects: {
      [name]: {
        path: '.',
        base,
        agent: agent.name,
        ...(check && forge === null && { scm: { use: 'local', checks: [check] } }),
      },
    },
    ...(forge !== null && { plugins: { tracker: onForge(forge), scm: onForge(forge) } }),
  }
  const intro = `# The config of ao; every key is explained in docs/config.md. Unknown keys are refused.\n${
    forge === null
      ? '# Issues are Markdown files in .ao/issues; changes and their checks live in the bot, beside a bare repository.'
      : `# Issues, changes and checks are those of ${forges[forge]?.title ?? forge}: docs/${forge}.md`
  }\n`
  return `${intro}${stringify(config)}${chats.length > 0 ? `\n${chatsText(chats)}` : ''}`
}

/** A plugin of that forge, with its tokens as variables. */
const onForge = (forge: string) => ({
  use: forge,
  ...Object.fromEntries((forges[forge]?.secrets ?? []).map(({ option, variable }) => [option, `\${${variable}}`])),
})

/** A config with chats added, and all else untouched; null where its `chats` are written in a way that nothing can be put into. */
export const withChats = (text: string, chats: readonly string[]): string | null => {
  const document = parseDocument(text)
  if (!document.has('chats')) return `${text}${text.endsWith('\n') ? '' : '\n'}\n${chatsText(chats)}`
  const there = document.get('chats', true)
  if (!isMap(there) || there.flow || !there.range) return null
  const [first] = there.items
  const start = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start)
  if (!/^ +$/.test(indent)) return null
  const added = chatsText(chats.filter((name) => !there.has(name)))
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^(?: {2})+/, (spaces) => indent.repeat(spaces.length / 2)))
    .join('\n')
  const head = text.slice(0, there.range[1]).trimEnd()
  return `${head}\n${added}${text.slice(head.length).replace(/^\n/, '')}`
}

/** The part of a config about chats. Tokens are variables: no secret is ever in the config. */
export const chatsText = (chats: readonly string[]): string =>
  `chats:\n${chats
    .map((name) => {
      const { secrets, more } = setups[name] ?? { secrets: [], more: [] }
      const lines = [...secrets.map(({ option, variable }) => `${option}: "\${${variable}}"`), ...more.map((line) => `# ${line}`)]
      return `  ${name}:\n${lines.map((line) => `    ${line}\n`).join('')}`
    })
    .join('')}`

/** What is wrong with the text of a config that is to stand in `folder`. */
export const problemsOf = (
  text: string,
  { folder, environment, kinds }: { readonly folder: string; readonly environment: Environment; readonly kinds: ChatKinds },
): readonly Problem[] => {
  const read = readConfig(text, environment, {
    plugins: createRegistry(plugins).schemas(),
    defaults: defaultPlugins,
    chats: { console: z.strictObject({}), ...Object.fromEntries(Object.entries(kinds).map(([name, { options }]) => [name, options])) },
    folder,
    home: environment.HOME ?? homedir(),
    user: userInfo().username,
  })
  return 'problems' in read ? read.problems : []
}
