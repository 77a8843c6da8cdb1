import type { KnownPlugins } from './choose.ts'
import { type Mistake, unknownWord } from './problems.ts'
import type { Settings } from './schema.ts'

/** What does not fit together, though each part is right by itself. */
export const crossMistakes = (settings: Settings, plugins: KnownPlugins): readonly Mistake[] => [
  ...projectMistakes(settings),
  ...limitMistakes(settings, Object.keys(plugins.agent)),
  ...peopleMistakes(settings),
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

const limitMistakes = ({ limits }: Settings, agents: readonly string[]): readonly Mistake[] =>
  Object.keys(limits.agents)
    .filter((name) => !agents.includes(name))
    .map((name) => ({ path: ['limits', 'agents', name], what: unknownWord(name, agents, 'agent plugin') }))

const peopleMistakes = ({ people = {}, projects }: Settings): readonly Mistake[] => {
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
  return [...doubled, ...unknown]
}
