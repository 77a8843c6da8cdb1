import { describe, expect, test } from 'vitest'
import { defaultEscalation, mergeEscalation } from '../../../core/config/escalation.ts'
import { readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import type { Escalation } from '../../../core/contracts/escalation.ts'
import { known } from './known.ts'

const people = 'people:\n  ana: {roles: [admin]}\n  bob: {roles: [operator]}\n'
const configOf = (own: string, project = '') => {
  const text = `projects:\n  app: {path: /a, agent: codex${project === '' ? '' : `, escalation: ${project}`}}\n${people}${own}`
  const read = readConfig(text, {}, known)
  if ('problems' in read) throw new Error(read.problems.map(sayProblem).join('\n'))
  return read.config
}
const escalationOf = (own: string, project = ''): Escalation => {
  const found = configOf(own, project).projects.app?.escalation
  if (!found) throw new Error('There is no app.')
  return found
}
const problemsOf = (own: string): readonly string[] => {
  const read = readConfig(`projects: {app: {path: /a, agent: codex}}\n${people}${own}`, {}, known)
  return 'problems' in read ? read.problems.map(sayProblem) : []
}
const [minute, hour] = [60_000, 3_600_000]

describe('what is written', () => {
  test('is nothing: people are called by default, soonest for what is urgent, and nobody is on call', () => {
    expect(escalationOf('')).toEqual(defaultEscalation)
    expect(defaultEscalation).toEqual({
      ladders: {
        urgent: { requester: 2 * minute, elsewhere: 5 * minute, onCall: 15 * minute, channel: 30 * minute },
        action: { requester: 10 * minute, elsewhere: hour, onCall: 4 * hour, channel: 8 * hour },
        warning: { requester: hour, elsewhere: null, onCall: null, channel: 24 * hour },
        info: { requester: null, elsewhere: null, onCall: null, channel: null },
      },
      onCall: [],
      seenMs: hour,
      takenMs: 4 * hour,
    })
  })

  test('counts field by field: the project over all projects over the defaults', () => {
    const found = escalationOf(
      'escalation: {action: {requester: 5m, onCall: 30m}, warning: {elsewhere: 2h}, onCall: [ana], seen: 30m, taken: 2h}\n',
      '{action: {requester: null}, urgent: {channel: 10m}, taken: 1d}',
    )
    const { ladders } = defaultEscalation
    expect(found).toEqual({
      ladders: {
        urgent: { ...ladders.urgent, channel: 10 * minute },
        action: { ...ladders.action, requester: null, onCall: 30 * minute },
        warning: { ...ladders.warning, elsewhere: 2 * hour },
        info: ladders.info,
      },
      onCall: [{ person: 'ana', days: null, hours: null }],
      seenMs: 30 * minute,
      takenMs: 24 * hour,
    })
  })

  test('a step that is left out everywhere comes back in the project that writes it, and at once is a time', () => {
    expect(escalationOf('escalation: {action: {channel: null}}\n', '{action: {channel: 0s}}').ladders.action.channel).toBe(0)
  })

  test('who is on call is one list: that of the project stands for itself, also where it is empty', () => {
    const all = 'escalation: {onCall: [ana, bob]}\n'
    expect(escalationOf(all).onCall.map(({ person }) => person)).toEqual(['ana', 'bob'])
    expect(escalationOf(all, '{onCall: [bob]}').onCall.map(({ person }) => person)).toEqual(['bob'])
    expect(escalationOf(all, '{onCall: []}').onCall).toEqual([])
  })

  test.each([
    ['mon-fri', [1, 2, 3, 4, 5]],
    ['sat,sun', [0, 6]],
    ['sat, sun', [0, 6]],
    ['Monday-Friday', [1, 2, 3, 4, 5]],
    ['fri-mon', [0, 1, 5, 6]],
    ['wed', [3]],
    ['mon-wed tue-thu', [1, 2, 3, 4]],
  ])('the days %j', (days, found) => {
    expect(escalationOf(`escalation: {onCall: [{person: ana, days: "${days}"}]}\n`).onCall).toEqual([
      { person: 'ana', days: found, hours: null },
    ])
  })

  test.each([
    ['09:00-18:00', { from: 540, to: 1_080 }],
    ['22:00 - 7:00', { from: 1_320, to: 420 }],
    [' 00:00-23:59 ', { from: 0, to: 1_439 }],
    ['18:00-00:00', { from: 1_080, to: 0 }],
  ])('the hours %j', (hours, found) => {
    expect(escalationOf(`escalation: {onCall: [{person: ana, hours: "${hours}"}]}\n`).onCall[0]?.hours).toEqual(found)
  })

  test('where the clock of somebody is, and when they want it quiet', () => {
    const read = readConfig(
      'projects: {app: {path: /a, agent: codex}}\npeople: {ana: {roles: [admin], zone: Europe/Berlin, quiet: "22:00-07:00"}}\n',
      {},
      known,
    )
    expect('config' in read && read.config.people).toMatchObject([{ name: 'ana', zone: 'Europe/Berlin', quiet: { from: 1_320, to: 420 } }])
  })

  test('nothing at all merges to the defaults', () => expect(mergeEscalation(undefined, undefined)).toEqual(defaultEscalation))
})

describe('a mistake is told where it is, with what to write', () => {
  test.each([
    ['escalation: {onCall: [cyn]}', 'escalation.onCall.0 (line 5): There is no person "cyn". Known: ana and bob.'],
    ['escalation: {onCall: [ana, bbo]}', 'escalation.onCall.1 (line 5): There is no person "bbo". Did you mean "bob"?'],
    ['escalation: {onCall: [{person: cyn, days: mon}]}', 'escalation.onCall.0 (line 5): There is no person "cyn". Known: ana and bob.'],
    ['escalation: {onCall: [{person: ana, days: someday}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, days: ""}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, days: mon-xyz}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, days: m}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, days: monkeys}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, days: mon-wed-fri}]}', 'escalation.onCall.0.days (line 5): Write days like mon-fri, or sat,sun.'],
    ['escalation: {onCall: [{person: ana, hours: "9-18"}]}', 'escalation.onCall.0.hours (line 5): Write hours like 22:00-07:00.'],
    ['escalation: {onCall: [{person: ana, hours: "24:00-07:00"}]}', 'escalation.onCall.0.hours (line 5): Write hours like 22:00-07:00.'],
    [
      'escalation: {onCall: [{person: ana, hours: "09:00-09:00"}]}',
      'escalation.onCall.0.hours (line 5): These hours begin when they end; leave them out, or write others.',
    ],
    [
      'escalation: {onCall: [5]}',
      'escalation.onCall.0 (line 5): Write the name of somebody, or {person: name, days: mon-fri, hours: 09:00-18:00}. It is 5.',
    ],
    ['escalation: {onCall: [{days: mon}]}', 'escalation.onCall.0.person (line 5): This is missing; write text.'],
    ['escalation: {seen: 10s}', 'escalation.seen (line 5): Write at least 1 min.'],
    ['escalation: {taken: soon}', 'escalation.taken (line 5): Write a duration with its unit, like 30s, 10m or 2h.'],
    ['escalation: {action: {oncall: 5m}}', 'escalation.action.oncall (line 5): There is no setting "oncall". Did you mean "onCall"?'],
    ['escalation: {actions: {}}', 'escalation.actions (line 5): There is no setting "actions". Did you mean "action"?'],
  ])('%s', (text, said) => expect(problemsOf(`${text}\n`)).toEqual([said]))

  test('of a project, too', () => {
    const text = `projects:\n  app: {path: /a, agent: codex, escalation: {onCall: [cyn]}}\n${people}`
    const read = readConfig(text, {}, known)
    expect('problems' in read && read.problems.map(sayProblem)).toEqual([
      'projects.app.escalation.onCall.0 (line 2): There is no person "cyn". Known: ana and bob.',
    ])
  })

  test.each([
    ['{roles: [admin], zone: Europe/Berln}', 'people.ana.zone (line 2): There is no such time zone; write it as in Europe/Berlin.'],
    ['{roles: [admin], zone: ""}', 'people.ana.zone (line 2): There is no such time zone; write it as in Europe/Berlin.'],
    [
      '{roles: [admin], quiet: "22:00-22:00"}',
      'people.ana.quiet (line 2): These hours begin when they end; leave them out, or write others.',
    ],
    ['{roles: [admin], quiet: nightly}', 'people.ana.quiet (line 2): Write hours like 22:00-07:00.'],
    ['{roles: [admin], quiet: 5}', 'people.ana.quiet (line 2): Write hours like 22:00-07:00. It is 5.'],
  ])('ana: %s', (text, said) => {
    const read = readConfig(`projects: {app: {path: /a, agent: codex}}\npeople: {ana: ${text}}\n`, {}, known)
    expect('problems' in read && read.problems.map(sayProblem)).toEqual([said])
  })
})
