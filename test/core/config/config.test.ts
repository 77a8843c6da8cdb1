import { expect, test } from 'vitest'
import type { Config } from '../../../core/config/config.ts'
import { readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import { limitsOf, rulesOf } from '../../../core/config/rules.ts'
import type { Environment } from '../../../core/config/variables.ts'
import { known } from './known.ts'

const configOf = (text: string, environment: Environment = {}): Config => {
  const read = readConfig(text, environment, known)
  if ('problems' in read) throw new Error(read.problems.map(sayProblem).join('\n'))
  return read.config
}
const app = (more: string): string => `projects:\n  app:\n    path: /code/app\n    agent: codex\n${more}`

test('one project with a path and an agent is a whole config', () => {
  const config = configOf('projects: {app: {path: ~/code/app, agent: codex}}')
  expect(config).toMatchObject({
    data: '/home/ana/.local/state/ao',
    projects: {
      app: {
        name: 'app',
        path: '/home/ana/code/app',
        base: 'main',
        host: 'local',
        agent: { name: 'codex', options: { sandbox: 'workspace-write' } },
        workspace: { name: 'worktree', options: { shared: [], setup: [] } },
        tracker: { name: 'local' },
        scm: { name: 'local' },
        terminal: { name: 'attach' },
        model: null,
        rules: null,
        rulesFile: null,
        running: null,
      },
    },
    hosts: { local: { runtime: { name: 'tmux', options: {} }, running: null } },
    limits: { running: 5, review: 10, agents: {} },
    people: [{ name: 'ana', roles: { '*': ['admin'] } }],
    console: 'ana',
    watch: { agentsMs: 2_000, changesMs: 30_000, tasksMs: 60_000, filesMs: 60_000 },
    webhooks: null,
    chats: { console: {} },
    log: { level: 'info' },
  })
})

test('paths are relative to the file or to the home folder, and AO_DATA wins', () => {
  const text = 'data: state\nprojects: {app: {path: ../app, agent: codex, rulesFile: rules.md}}'
  expect(configOf(text)).toMatchObject({ data: '/etc/ao/state', projects: { app: { path: '/etc/app', rulesFile: '/etc/ao/rules.md' } } })
  expect(configOf(text, { AO_DATA: '~/elsewhere' }).data).toBe('/home/ana/elsewhere')
  expect(configOf(text, { AO_DATA: '' }).data).toBe('/etc/ao/state')
})

test('the rules of a project are its settings under the names that decisions use', () => {
  const text = app(
    '    approvals: 2\n    requesterCounts: false\n    noChecks: mergeable\n    upToDate: true\n    mergeMethod: rebase\n    removeWorkspace: false\n    closeTask: false\n    noteTask: true\n    taskLabel: in progress\n',
  )
  const { reactions, ...rules } = rulesOf(configOf(text), 'app')
  expect(rules).toEqual({
    approvals: 2,
    isRequesterCounted: false,
    noChecks: 'mergeable',
    isUpToDateNeeded: true,
    mergeMethod: 'rebase',
    isWorkspaceRemoved: false,
    isTaskClosed: false,
    isTaskNoted: true,
    taskLabel: 'in progress',
  })
  expect(Object.keys(reactions)).toHaveLength(11)
})

test('without a word the rules are: no votes, the requester counts, wait for checks, squash, clean up', () => {
  const { reactions: _, ...rules } = rulesOf(configOf(app('')), 'app')
  expect(rules).toEqual({
    approvals: 0,
    isRequesterCounted: true,
    noChecks: 'wait',
    isUpToDateNeeded: false,
    mergeMethod: 'squash',
    isWorkspaceRemoved: true,
    isTaskClosed: true,
    isTaskNoted: false,
    taskLabel: null,
  })
})

test('the rules of a project that does not exist name the nearest', () =>
  expect(() => rulesOf(configOf(app('')), 'ap')).toThrow(
    expect.objectContaining({ code: 'PROJECT_UNKNOWN', hint: expect.stringContaining('Use app') }),
  ))

test('limits are gathered from the projects, the agents and the hosts', () => {
  const text = `limits: {running: 7, review: 3, agents: {codex: 2, command: null}}\nhosts: {big: {runtime: process, running: 9}}\n${app('    limits: {running: 1}\n  lib: {path: /l, agent: codex, host: big}')}`
  expect(limitsOf(configOf(text))).toEqual({
    running: 7,
    review: 3,
    perProject: { app: 1, lib: null },
    perAgent: { codex: 2, command: null },
    perHost: { local: null, big: 9 },
  })
})

test('the defaults of the reactions are those of the table', () => {
  const table = Object.entries(rulesOf(configOf(app('')), 'app').reactions).map(
    ([key, { auto, action, priority, retries, escalateAfter, thresholdMs }]) =>
      [key, auto, action, priority, retries, JSON.stringify(escalateAfter), thresholdMs / 60_000].join(' '),
  )
  expect(table).toEqual([
    'ci-failed true send-to-agent action 2 {"messages":2} 0',
    'changes-requested true send-to-agent action 2 {"ms":1800000} 0',
    'bugbot-comments true send-to-agent action 2 {"ms":1800000} 0',
    'merge-conflicts true send-to-agent action 2 {"ms":900000} 0',
    'approved-and-green false notify action 2 null 0',
    'agent-idle true send-to-agent action 2 {"ms":900000} 0',
    'agent-stuck true notify action 2 null 10',
    'agent-needs-input true notify action 2 null 0',
    'agent-exited true notify action 2 null 0',
    'pr-closed true notify action 2 null 0',
    'all-complete true notify info 2 null 0',
  ])
})

test('reactions are merged field by field: defaults, then the file, then the project', () => {
  const text = `reactions:\n  ci-failed: {retries: 5, message: Fix it}\n  agent-stuck: {threshold: 20m, toolThreshold: 2h}\n${app('    reactions:\n      ci-failed: {message: null, escalateAfter: 1h}\n      agent-stuck:\n        auto: false\n')}`
  const { reactions } = rulesOf(configOf(text), 'app')
  expect(reactions['ci-failed']).toMatchObject({
    auto: true,
    action: 'send-to-agent',
    retries: 5,
    message: null,
    escalateAfter: { ms: 3_600_000 },
  })
  expect(reactions['agent-stuck']).toMatchObject({ auto: false, thresholdMs: 1_200_000, toolThresholdMs: 7_200_000, priority: 'action' })
})

test('a block of reactions written for Agent Orchestrator works as it is', () => {
  const block = `reactions:
  ci-failed:
    auto: true
    action: send-to-agent
    message: CI is failing on your PR. Fix it and push.
    retries: 2
    escalateAfter: 2
  changes-requested: {auto: true, action: send-to-agent, escalateAfter: 30m}
  bugbot-comments: {auto: true, action: send-to-agent, escalateAfter: 30m}
  merge-conflicts: {auto: true, action: send-to-agent, escalateAfter: 15m}
  approved-and-green: {auto: true, action: auto-merge, priority: action, message: PR is ready to merge}
  agent-idle: {auto: true, action: send-to-agent, retries: 2, escalateAfter: 15m}
  agent-stuck: {threshold: 10m, action: notify, priority: urgent}
  agent-needs-input: {auto: true, action: notify, priority: urgent}
  agent-exited: {auto: true, action: notify, priority: urgent}
  all-complete: {auto: true, action: notify, priority: info, includeSummary: true}
`
  const { reactions } = rulesOf(configOf(block + app('')), 'app')
  expect(reactions['approved-and-green']).toMatchObject({ auto: true, action: 'auto-merge', message: 'PR is ready to merge' })
  expect(reactions['agent-stuck']).toMatchObject({ priority: 'urgent', thresholdMs: 600_000, toolThresholdMs: 3_600_000 })
})

test('options of a general plugin hold wherever that plugin is used, and a project says what differs', () => {
  const text = `plugins:
  scm: {use: github, token: abcdefghijkl, repo: acme/all}
projects:
  app: {path: /a, agent: codex, scm: {use: github, repo: acme/app}}
  lib: {path: /l, agent: codex, scm: github}
  old: {path: /o, agent: codex, scm: local}
`
  const { projects } = configOf(text)
  expect(projects.app?.scm.options).toEqual({ repo: 'acme/app', token: 'abcdefghijkl' })
  expect(projects.lib?.scm.options).toEqual({ repo: 'acme/all', token: 'abcdefghijkl' })
  expect(projects.old?.scm).toEqual({ name: 'local', options: {} })
})

test('a project knows every agent somebody may ask for: its own, the general one, and all that need no options', () => {
  const { projects } = configOf(
    'plugins: {agent: {use: command, argv: [sh]}}\nprojects: {app: {path: /a, agent: {use: codex, sandbox: read-only}}}',
  )
  expect(projects.app?.agents).toEqual({
    'claude-code': { name: 'claude-code', options: {} },
    codex: { name: 'codex', options: { sandbox: 'read-only' } },
    command: { name: 'command', options: { argv: ['sh'] } },
  })
})

test('a project with a runtime of its own gets a host of its own', () => {
  const { projects, hosts } = configOf(app('    runtime: process\n  lib: {path: /l, agent: codex}'))
  expect([projects.app?.host, projects.lib?.host]).toEqual(['app', 'local'])
  expect(hosts).toMatchObject({ local: { runtime: { name: 'tmux' } }, app: { runtime: { name: 'process' }, running: null } })
})

test('people have roles everywhere and in projects, and one of them is the console', () => {
  const text = `people:\n  bob: {roles: [viewer], projects: {app: [maintainer, operator]}}\n  Ana María: {roles: [admin], console: true}\n${app('')}`
  expect(configOf(text)).toMatchObject({
    people: [
      { name: 'bob', roles: { '*': ['viewer'], app: ['maintainer', 'operator'] } },
      { name: 'Ana María', roles: { '*': ['admin'] } },
    ],
    console: 'Ana María',
  })
  expect(configOf(`people: {bob: {roles: [viewer]}}\n${app('')}`).console).toBeNull()
})

test('people have accounts in chats, one or several, as texts or numbers', () => {
  const text = `people:\n  ana: {console: true, accounts: {slack: [U1, W2], console: 42}}\n  bob: {}\n${app('')}`
  expect(configOf(text).accounts).toEqual([
    { platform: 'slack', account: 'U1', person: 'ana' },
    { platform: 'slack', account: 'W2', person: 'ana' },
    { platform: 'console', account: '42', person: 'ana' },
  ])
})

test.each([
  [
    'pitfall 9: an account belongs to one person',
    'people: {ana: {accounts: {slack: U1}}, bob: {accounts: {slack: [U2, U1]}}}',
    'The account U1 is "ana" already',
  ],
  ['an account in a chat that does not exist names the nearest', 'people: {ana: {accounts: {slak: U1}}}', 'Did you mean "slack"'],
  ['a channel belongs to a project that there is', 'chats: {slack: {token: x, channels: {C1: ap}}}', 'Did you mean "app"'],
  ['a recording is turned into words by a command that takes its name', 'voice: {run: hear}', '{file}'],
])('%s', (_title, text, says) => expect(() => configOf(`${text}\n${app('')}`)).toThrow(says))

test('what turns a recording into words may take a while, and need not be there', () => {
  expect(configOf(`voice: {run: 'hear {file}'}\n${app('')}`).voice).toEqual({ run: 'hear {file}', timeoutMs: 120_000 })
  expect(configOf(app('')).voice).toBeNull()
})

test('variables are filled into texts only; their values are secrets, except those that everybody knows', () => {
  const text = app(`    tracker: {use: github, repo: "\${OWNER:-acme}/app", token: "\${TOKEN}"}\n    rules: "Use $\${HOME} and \${HOME}"`)
  const read = readConfig(text, { TOKEN: 'ghp_1234567890', HOME: '/home/ana' }, known)
  if ('problems' in read) throw new Error('problems')
  expect(read.config.projects.app?.tracker.options).toEqual({ repo: 'acme/app', token: 'ghp_1234567890' })
  expect(read.config.projects.app?.rules).toBe(`Use \${HOME} and /home/ana`)
  expect([read.secrets, read.secretNames]).toEqual([['ghp_1234567890'], ['TOKEN']])
})

test('what is commented out below a key counts as not written', () =>
  expect(configOf(`reactions:\n  # ci-failed:\npeople:\nlimits:\n  running:\n${app('    reactions:\n    limits:\n')}`).limits.running).toBe(
    5,
  ))

test('anchors and merge keys work', () =>
  expect(
    configOf('projects:\n  app: &app {path: /a, agent: codex, base: next}\n  lib:\n    <<: *app\n    path: /l\n').projects.lib,
  ).toMatchObject({ path: '/l', base: 'next' }))

test('prices of models are numbers, and the list that comes with the program counts unless it is taken out', () => {
  expect(configOf(app('')).prices).toEqual({ isListed: true, models: {} })
  const prices = '{listed: false, models: {"my/model[1m]": {input: 0.5, output: 2}}}'
  expect(configOf(`${app('')}prices: ${prices}\n`).prices).toEqual({
    isListed: false,
    models: { 'my/model[1m]': { input: 0.5, cacheRead: null, cacheWrite: null, output: 2 } },
  })
  const problems = (text: string): readonly string[] => {
    const read = readConfig(`${app('')}prices: {models: {m1: ${text}}}\n`, {}, known)
    return 'problems' in read ? read.problems.map(sayProblem).filter((problem) => problem.startsWith('prices')) : []
  }
  expect(problems('{input: -1, output: 1}')).toEqual(['prices.models.m1.input (line 5): Write at least 0, not -1.'])
  expect(problems('{input: 1, output: 1, cached: 1}')).toEqual([expect.stringContaining('There is no setting "cached"')])
})
