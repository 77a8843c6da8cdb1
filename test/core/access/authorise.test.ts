import { describe, expect, test } from 'vitest'
import { authorise, covers, needs, roleIn } from '../../../core/access/authorise.ts'
import type { Person } from '../../../core/contracts/access.ts'
import { type Role, roles } from '../../../core/contracts/names.ts'
import type { Wish, WishName } from '../../../core/contracts/wish.ts'
import { request } from '../../fakes/spec.ts'

const wishes: { readonly [N in WishName]: Extract<Wish, { name: N }> } = {
  start: { name: 'start', project: 'app', task: request.task, agent: null, base: null, branch: null, model: null },
  adopt: {
    name: 'adopt',
    project: 'app',
    task: request.task,
    agent: 'coder',
    host: 'local',
    adopts: {
      workspace: { path: '/home/ana/app', branch: 'login', baseCommit: 'b0', isForeign: true },
      conversation: 'talk-1',
      process: { pid: 1, startedAt: '1' },
      terminal: 'fix',
    },
  },
  tell: { name: 'tell', session: 'app-1', text: 'hi' },
  answer: { name: 'answer', session: 'app-1', request: null, choice: 1, text: '' },
  resend: { name: 'resend', session: 'app-1', message: 'm1' },
  stop: { name: 'stop', session: 'app-1' },
  suspend: { name: 'suspend', session: 'app-1' },
  continue: { name: 'continue', session: 'app-1' },
  interrupt: { name: 'interrupt', session: 'app-1', text: null },
  restart: { name: 'restart', session: 'app-1' },
  retry: { name: 'retry', session: 'app-1', agent: null },
  restore: { name: 'restore', session: 'app-1' },
  clear: { name: 'clear', session: 'app-1' },
  pause: { name: 'pause', project: 'app' },
  resume: { name: 'resume', project: 'app' },
  approve: { name: 'approve', session: 'app-1', about: null },
  reject: { name: 'reject', session: 'app-1', text: 'no', about: null },
  merge: { name: 'merge', session: 'app-1', when: 'now', method: null, about: null },
  revert: { name: 'revert', session: 'app-1' },
  issue: { name: 'issue', project: 'app', title: 'Dark mode', body: '' },
}

/** Who may do what: y by role, r only what they asked for themselves, - not at all. From viewer to admin. */
const policy: Readonly<Record<WishName, string>> = {
  start: '-yyyy',
  adopt: '-yyyy',
  tell: '-yyyy',
  answer: 'ryyyy',
  resend: '-yyyy',
  stop: '-yyyy',
  suspend: '-yyyy',
  continue: '-yyyy',
  interrupt: '-yyyy',
  restart: '-yyyy',
  retry: '-yyyy',
  restore: '-yyyy',
  clear: '-yyyy',
  pause: '-yyyy',
  resume: '-yyyy',
  approve: '--yyy',
  reject: '--yyy',
  merge: '---yy',
  revert: '---yy',
  issue: '-yyyy',
}
const about = { project: 'app', cause: 'in1' }
const person = (given: Person['roles']): Person => ({ name: 'zoe', roles: given })

describe.each(Object.keys(wishes) as WishName[])('%s', (name) => {
  test.each(roles.map((role, index) => [role, policy[name][index]] as const))('by a %s: %s', (role, verdict) => {
    const asking = () => authorise(wishes[name], person({ app: [role] }), about)
    if (verdict === '-')
      expect(asking).toThrow(
        expect.objectContaining({ code: 'ACCESS_DENIED', message: expect.stringContaining(`${needs[name]} may ${name}`) }),
      )
    else expect(asking()).toMatchObject({ by: 'zoe', cause: 'in1', rule: verdict === 'r' ? 'requester' : `${needs[name]} may ${name}` })
  })

  test('by somebody without any role: never', () => {
    expect(() => authorise(wishes[name], person({}), about)).toThrow(expect.objectContaining({ code: 'ACCESS_DENIED' }))
    expect(() => authorise(wishes[name], person({ other: ['admin'] }), about)).toThrow(expect.objectContaining({ code: 'ACCESS_DENIED' }))
  })

  test('by an admin of everything: always', () => {
    expect(authorise(wishes[name], person({ '*': ['admin'] }), about).wish).toBe(wishes[name])
  })
})

describe('roles', () => {
  test('the highest counts, of those that hold everywhere and those that hold here', () => {
    expect(roleIn(person({ '*': ['viewer'], app: ['approver', 'operator'] }), 'app')).toBe('approver')
    expect(roleIn(person({ '*': ['viewer'], app: ['approver'] }), 'other')).toBe('viewer')
    expect(roleIn(person({ '*': ['maintainer'], app: ['viewer'] }), 'app')).toBe('maintainer')
    expect(roleIn(person({}), 'app')).toBeNull()
  })
  test('each includes those before it', () => {
    for (const [high, held] of roles.entries()) for (const [low, needed] of roles.entries()) expect(covers(held, needed)).toBe(high >= low)
    for (const needed of roles) expect(covers(null, needed as Role)).toBe(false)
  })
})

test('a refusal says who, what, the rule, and where to change it', () => {
  expect(() => authorise(wishes.merge, person({ app: ['operator'] }), about)).toThrow(
    expect.objectContaining({
      message: 'zoe may not merge in app: the rule is "maintainer may merge".',
      hint: expect.stringContaining('people.zoe'),
    }),
  )
})
