import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { loadConfig, readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import type { Environment } from '../../../core/config/variables.ts'
import { testFolder } from '../store/folder.ts'
import { known } from './known.ts'

const problemsOf = (text: string, environment: Environment = {}): readonly string[] => {
  const read = readConfig(text, environment, known)
  return 'problems' in read ? read.problems.map(sayProblem) : []
}
const good = 'projects: {app: {path: /a, agent: codex}}\n'

test('every mistake is told at once, in the order of the file, with its place and the nearest known word', () => {
  const text = `projets: {}
projects:
  app:
    path: /a
    agent: {use: codx}
    mergeMethod: sqash
    aprovals: 2
    host: bigg
    reactions:
      ci-faild: {}
      ci-failed: {retrys: 2, auto: maybe, escalateAfter: soon}
  "bad name": {path: /b, agent: codex}
  lib: {agent: {use: codex, sandbox: none, sandbx: 1}}
limits: {running: 0, agents: {claude: 2}}
hosts: {big: {running: many}}
reactions:
  agent-stuck: {threshold: 10}
  ci-failed: {toolThreshold: 5m, action: auto-merge}
people:
  ana: {roles: [boss], console: true, projects: {ap: [viewer]}}
  bob: {console: true}
watch: {agents: 1ms, changes: 30d}
chats: {slak: {}, slack: {}}
log: {level: "\${LEVEL}"}
`
  expect(problemsOf(text)).toEqual([
    'projets (line 1): There is no setting "projets". Did you mean "projects"?',
    'projects.app.agent (line 5): There is no agent plugin "codx". Did you mean "codex"?',
    'projects.app.mergeMethod (line 6): There is no value "sqash". Did you mean "squash"?',
    'projects.app.aprovals (line 7): There is no setting "aprovals". Did you mean "approvals"?',
    'projects.app.host (line 8): There is no host "bigg". Did you mean "big"?',
    'projects.app.reactions.ci-faild (line 10): There is no setting "ci-faild". Did you mean "ci-failed"?',
    'projects.app.reactions.ci-failed.auto (line 11): Write true or false, not "maybe".',
    'projects.app.reactions.ci-failed.escalateAfter (line 11): Write a count of messages (2), a duration (30m), or null.',
    'projects.app.reactions.ci-failed.retrys (line 11): There is no setting "retrys". Did you mean "retries"?',
    'projects.bad name (line 12): A project is named with letters, digits, "-" and "_", at most 40.',
    'projects.lib.path (line 13): This is missing; write the folder of the repository.',
    'projects.lib.agent.sandbox (line 13): There is no value "none". Known: read-only and workspace-write.',
    'projects.lib.agent.sandbx (line 13): There is no setting "sandbx". Did you mean "sandbox"?',
    'limits.running (line 14): Write at least 1, not 0.',
    'limits.agents.claude (line 14): There is no agent plugin "claude". Known: claude-code, codex and command.',
    'hosts.big.running (line 15): Write a number, not "many".',
    'reactions.agent-stuck.threshold (line 17): Write a duration with its unit, like 30s, 10m or 2h. It is 10.',
    'reactions.ci-failed.action (line 18): auto-merge is for approved-and-green only.',
    'reactions.ci-failed.toolThreshold (line 18): There is no setting "toolThreshold". Known: auto, action, message, priority, retries, escalateAfter, threshold and includeSummary.',
    'people.ana.roles.0 (line 20): There is no value "boss". Known: viewer, operator, approver, maintainer and admin.',
    'people.ana.projects.ap (line 20): There is no project "ap". Did you mean "app"?',
    'people.bob.console (line 21): The console speaks as one person, and "ana" is that already; write "console: true" for one of them only.',
    'watch.agents (line 22): Write at least 250ms.',
    'watch.changes (line 22): Write at most 24d.',
    'chats.slak (line 23): There is no chat "slak". Did you mean "slack"?',
    'chats.slack.token (line 23): This is missing; write text.',
    `log.level (line 24): The environment variable LEVEL is not set; set it, for example in .env, or write \${LEVEL:-default}.`,
  ])
})

test.each([
  ['', ['projects: Write at least one project: its name, and below it "path: <the repository>".']],
  [
    '- a\n- b\n',
    [
      'the file (line 1): Write settings ("name: value"); see docs/config.md.',
      'projects (line 1): Write at least one project: its name, and below it "path: <the repository>".',
    ],
  ],
  [
    'projects: {app: }\n',
    [
      'projects.app.path (line 1): This is missing; write the folder of the repository.',
      'projects.app.agent (line 1): Say which agent: write claude-code, codex or command here, or under plugins.agent for all projects.',
    ],
  ],
  [
    'projects: [app]\n',
    [
      'projects (line 1): Write settings ("name: value"), not ["app"].',
      'projects (line 1): Write at least one project: its name, and below it "path: <the repository>".',
    ],
  ],
  [
    `${good}plugins: {agent: 5}\n`,
    ['plugins.agent (line 2): Write the name of a plugin, or {use: name} with its options beside it. It is 5.'],
  ],
  [`${good}plugins: {runtime: tmx}\n`, ['plugins.runtime (line 2): There is no runtime plugin "tmx". Did you mean "tmux"?']],
  [
    'plugins:\n  scm: {use: github, token: abcdefghijkl}\nprojects: {app: {path: /a, agent: codex}}\n',
    ['plugins.scm.repo (line 2): This is missing; write text.'],
  ],
  [
    'hosts: {big: {}}\nprojects: {app: {path: /a, agent: codex, runtime: process, host: big}}\n',
    ['projects.app.runtime (line 2): The runtime belongs to the host; write it as hosts.big.runtime, or leave out "host".'],
  ],
  [
    'hosts: {app: {}}\nprojects: {app: {path: /a, agent: codex, runtime: process}}\n',
    [
      'projects.app.runtime (line 2): It would need a host named "app", which means another one; write it as hosts.app.runtime and "host: app" here.',
    ],
  ],
  [
    `${good}log: {level: info\n`,
    ['line 3, column 1: This is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }'],
  ],
  [`${good}${good}`, ['line 2, column 1: This is not valid YAML: Map keys must be unique']],
  [`${good}log: {level: !secret info}\n`, ['line 2, column 14: This is not valid YAML: Unresolved tag: !secret']],
  [`${good}data: "\${1x}"\n`, [`data (line 2): "\${1x}" is not a variable; write \${NAME}, \${NAME:-default}, or $\${ for a plain \${.`]],
])('%j is told as it is meant', (text, problems) => expect(problemsOf(text)).toEqual(problems))

test('an alias that leads to itself is a problem, not a crash', () =>
  expect(problemsOf('projects: &a\n  app: *a\n')).toEqual([expect.stringContaining('anchors cannot be followed')]))

test('an empty variable counts as missing, and its default is used', () => {
  expect(problemsOf(`${good}data: "\${D}"\n`, { D: '' })).toEqual([expect.stringContaining('variable D is empty')])
  expect(problemsOf(`${good}data: "\${D:-/x}"\n`, { D: '' })).toEqual([])
})

test('a problem never tells the value of a variable', () => {
  const text = `projects: {app: {path: /a, agent: codex, tracker: {use: github, repo: a/b, token: "\${T}"}}}\nlog: {level: "\${L}"}\nchats: {slack: {token: ["\${T}"]}}\n`
  const said = problemsOf(text, { T: 'hush', L: 'hushhush' }).join('\n')
  expect(said).toContain('A token has at least 10 characters.')
  expect(said).toContain('log.level')
  expect(said).not.toContain('hush')
})

test('any text is a config or problems, never an error', () => {
  const word = fc.constantFrom(
    'projects',
    'app',
    'path',
    '/a',
    'agent',
    'codex',
    'use',
    'reactions',
    'ci-failed',
    'auto',
    'people',
    'roles',
    'limits',
    'running',
    'plugins',
    'null',
    '5',
    '[]',
    '{}',
    '__proto__',
    `\${X}`,
    '*a',
    '&a',
    '<<',
    '!!set',
    '30m',
    'chats',
    'console',
    'true',
    'hosts',
    'watch',
    'agents',
  )
  const soup = fc.array(fc.tuple(word, fc.constantFrom(': ', ':\n  ', ':\n    ', '\n', '\n  - ', ' ', ', ', '{', '}', '"')), {
    maxLength: 25,
  })
  const text = fc.oneof(
    fc.string(),
    soup.map((parts) => parts.flat().join('')),
    fc.jsonValue().map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(text, (each) => {
      const read = readConfig(each, {}, known)
      expect('config' in read || (read.problems.length > 0 && read.problems.every(({ what }) => what.length > 0))).toBe(true)
    }),
    { numRuns: 600 },
  )
})

test('any value at any place is a config or problems', () => {
  const keys = ['data', 'projects', 'plugins', 'hosts', 'limits', 'reactions', 'people', 'watch', 'chats', 'log']
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 }), (key, value) => {
      const read = readConfig(JSON.stringify({ projects: { app: { path: '/a', agent: 'codex' } }, [key]: value }), {}, known)
      expect('config' in read || read.problems.length > 0).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('a file is read relative to itself, and what it names must be there', async () => {
  const folder = await testFolder()
  const path = join(folder, 'bot.config.yaml')
  await writeFile(path, 'projects:\n  app: {path: app, agent: codex, rulesFile: rules.md}\n')
  expect(await loadConfig(path, {}, known)).toEqual({
    problems: [
      {
        where: 'projects.app.path',
        line: 2,
        what: `There is no folder ${join(folder, 'app')}; clone the repository there, or write where it is.`,
      },
      { where: 'projects.app.rulesFile', line: 2, what: `There is no file ${join(folder, 'rules.md')}.` },
    ],
  })
  await mkdir(join(folder, 'app'))
  await writeFile(join(folder, 'rules.md'), 'Be brief.')
  expect(await loadConfig(path, { HOME: '/h' }, known)).toMatchObject({
    config: { data: '/h/.local/state/ao', projects: { app: { path: join(folder, 'app') } } },
  })
})

test('a file that is not there is told with what makes one', async () => {
  const path = join(await testFolder(), 'none.yaml')
  await expect(loadConfig(path, {}, known)).rejects.toMatchObject({
    code: 'CONFIG_UNREADABLE',
    message: `The config ${path} cannot be read: there is no such file.`,
    hint: expect.stringContaining('ao init'),
  })
})

test('a secret stands in a variable, wherever its plugin is named, and is not told', () => {
  const general = 'plugins: {tracker: {use: distant, token: hunter22, others: {ana: "${ANA}", bob: hunter23}}}\n'
  const problems = problemsOf(`${general}projects: {app: {path: /a, agent: codex}}`, { ANA: 'x' })
  expect(problems).toEqual([
    expect.stringMatching(/^plugins\.tracker\.token \(line 1\): This secret stands in the config itself, .*\. Write \$\{NAME\} here/),
    expect.stringMatching(/^plugins\.tracker\.others\.bob .*Write \$\{NAME\}/),
  ])
  expect(problems.join()).not.toContain('hunter')
  expect(problemsOf('projects: {app: {path: /a, agent: codex, tracker: {use: distant, token: "${T}"}}}', { T: 'x' })).toEqual([])
})
