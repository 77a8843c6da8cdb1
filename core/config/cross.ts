import { list } from '../kit/text.ts'
import type { KnownPlugins } from './choose.ts'
import { modelKinds } from './config.ts'
import { type Mistake, unknownWord, valueAt } from './problems.ts'
import type { Settings } from './schema.ts'

/** What does not fit together, though each part is right by itself. `written` is the file before variables were filled in. */
export const crossMistakes = (
  settings: Settings,
  { plugins, chats, written }: { readonly plugins: KnownPlugins; readonly chats: readonly string[]; readonly written: unknown },
): readonly Mistake[] => [
  ...projectMistakes(settings),
  ...limitMistakes(settings, Object.keys(plugins.agent)),
  ...peopleMistakes(settings, chats),
  ...shiftMistakes(settings),
  ...digestMistakes(settings, chats),
  ...modelMistakes(settings, written),
]

const projectMistakes = ({ projects, hosts }: Settings): readonly Mistake[] => {
  const names = Object.keys(projects)
  const known = [...new Set(['local', ...Object.keys(hosts)])]
  if (names.length === 0)
    return [{ path: ['projects'], what: 'Write at least one project: its name, and below it "path: <the repository>".' }]
  return Object.entries(projects).flatMap(([name, { path, host, runtime }]) => {
    const mistakes: Mistake[] = []
    if (path === undefined)
      mistakes.push({ path: ['projects', name, 'path'], what: 'This is missing; write the folder of the repository.' })
    if (host !== undefined && !known.includes(host))
      mistakes.push({ path: ['projects', name, 'host'], what: unknownWord(host, known, 'host') })
    if (runtime && host !== undefined)
      mistakes.push({
        path: ['projects', name, 'runtime'],
        what: `The runtime belongs to the host; write it as hosts.${host}.runtime, or leave out "host".`,
      })
    else if (runtime && known.includes(name))
      mistakes.push({
        path: ['projects', name, 'runtime'],
        what: `It would need a host named "${name}", which means another one; write it as hosts.${name}.runtime and "host: ${name}" here.`,
      })
    return mistakes
  })
}

/** Where nobody listens a digest would wait for ever. */
const digestMistakes = ({ digests, chats: set }: Settings, chats: readonly string[]): readonly Mistake[] =>
  digests.flatMap(({ in: where }, index) => {
    const path = ['digests', index, 'in']
    const [platform = '', channel = ''] = where.split(':')
    if (!chats.includes(platform)) return [{ path, what: unknownWord(platform, chats, 'chat') }]
    if (platform !== 'console' && !Object.hasOwn(set, platform))
      return [{ path, what: `The bot is not in ${platform}; set that up below "chats" first.` }]
    const what = `Write the chat and the channel, as ${platform}:<channel>; that of the console is console:main.`
    return channel === '' ? [{ path, what }] : []
  })

/** Who is on call must be somebody: a name nobody has would call nobody, in the night. */
const shiftMistakes = ({ people, escalation, projects }: Settings): readonly Mistake[] => {
  if (people === undefined) return []
  const blocks = [
    { path: ['escalation'], block: escalation },
    ...Object.entries(projects).map(([name, project]) => ({ path: ['projects', name, 'escalation'], block: project.escalation })),
  ]
  return blocks.flatMap(({ path, block }) =>
    (block?.onCall ?? []).flatMap(({ person }, index) =>
      Object.hasOwn(people, person) ? [] : [{ path: [...path, 'onCall', index], what: unknownWord(person, Object.keys(people), 'person') }],
    ),
  )
}

const limitMistakes = ({ limits }: Settings, agents: readonly string[]): readonly Mistake[] =>
  Object.keys(limits.agents)
    .filter((name) => !agents.includes(name))
    .map((name) => ({ path: ['limits', 'agents', name], what: unknownWord(name, agents, 'agent plugin') }))

const peopleMistakes = ({ people = {}, projects }: Settings, chats: readonly string[]): readonly Mistake[] => {
  const names = Object.keys(projects)
  const [first, ...others] = Object.keys(people).filter((name) => people[name]?.console)
  const doubled = others.map((name) => ({
    path: ['people', name, 'console'],
    what: `The console speaks as one person, and "${first}" is that already; write "console: true" for one of them only.`,
  }))
  const unknown = Object.entries(people).flatMap(([name, person]) =>
    Object.keys(person.projects)
      .filter((project) => !names.includes(project))
      .map((project) => ({ path: ['people', name, 'projects', project], what: unknownWord(project, names, 'project') })),
  )
  const accounts = Object.entries(people).flatMap(([person, { accounts }]) =>
    Object.entries(accounts).flatMap(([platform, each]) => each.map((account) => ({ person, platform, account }))),
  )
  const strange = accounts
    .filter(({ platform }) => !chats.includes(platform))
    .map(({ person, platform }) => ({ path: ['people', person, 'accounts', platform], what: unknownWord(platform, chats, 'chat') }))
  const shared = accounts.flatMap(({ person, platform, account }, index) => {
    const first = accounts.slice(0, index).find((one) => one.platform === platform && one.account === account)
    const what = `The account ${account} is "${first?.person}" already; an account belongs to one person.`
    return first ? [{ path: ['people', person, 'accounts', platform], what }] : []
  })
  return [...doubled, ...unknown, ...strange, ...shared]
}

const modelMistakes = ({ understand }: Settings, written: unknown): readonly Mistake[] => {
  if (!understand.model) return []
  const at = (name: string): readonly string[] => ['understand', 'model', name]
  const writtenAs = (name: string): unknown => valueAt(written, at(name)) ?? null
  const isOpen = (name: string): boolean => writtenAs(name) === null
  const key = writtenAs('key')
  return [
    ...(isOpen('kind') ? [{ path: at('kind'), what: `This is missing; write ${list(modelKinds, 'or')}.` }] : []),
    ...(isOpen('model') ? [{ path: at('model'), what: 'This is missing; write the name of a model.' }] : []),
    ...(isOpen('key') && isOpen('url')
      ? [{ path: at('key'), what: `This is missing; write \${NAME} and put the key into the variable NAME, for example in .env.` }]
      : []),
    ...(typeof key === 'string' && !/^\$\{\w+\}$/.test(key)
      ? [{ path: at('key'), what: `Write \${NAME} and put the key into the variable NAME, so that it is kept from agents and logs.` }]
      : []),
  ]
}
