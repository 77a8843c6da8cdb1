import { describe, expect, test } from 'vitest'
import type { Adoption } from '../../../core/contracts/adoption.ts'
import { fleetOf, held, over, settingOf, start, task, wished } from './spec.ts'

const adoptsOn = (branch: string): Adoption => ({
  workspace: { path: `/home/ana/shop-${branch}`, branch, baseCommit: 'base0', isForeign: true },
  conversation: `talk-${branch}`,
  process: { pid: 4711, startedAt: '99' },
  terminal: 'fix',
})
const adopt = (branch = 'login', key = `say-adopted-${branch}`) =>
  wished({ name: 'adopt', project: 'app', task: task(key), agent: 'coder', host: 'local', adopts: adoptsOn(branch) })

describe('adopting', () => {
  test('is a start like any other: the next name, a slot, and all that is needed in its request', () => {
    const adopted = fleetOf().then(adopt(), [
      {
        type: 'task.queued',
        session: 'app-1',
        request: { agent: 'coder', host: 'local', base: 'main', branch: 'login', by: 'ana', adopts: adoptsOn('login') },
      },
      { type: 'slot.given', session: 'app-1', host: 'local' },
    ])
    expect(adopted.wanted).toMatchObject([{ do: 'session.open', request: { adopts: { conversation: 'talk-login' } } }])
  })
  test('waits where no slot is free', () => {
    const full = fleetOf(settingOf({ running: 1 })).and(start('#42'), held('app-1'))
    expect(full.and(adopt()).waiting).toEqual(['1 app-2: 1 of 1 agents are running'])
  })
  test('on the base branch, or on one that a session works on, it is refused', () => {
    fleetOf().refuses(adopt('main'), 'BRANCH_IS_BASE')
    const working = fleetOf().and(start('#42', { branch: 'login' }))
    expect(working.refuses(adopt('login'), 'BRANCH_TAKEN').message).toContain('app-1')
    expect(working.and(held('app-1'), over('app-1'), adopt('login')).given).toContain('app-2')
  })
  test('the same conversation is adopted once, however often two people tap', () => {
    const adopted = fleetOf().and(adopt('login'))
    adopted.refuses(adopt('other', 'say-adopted-login'), 'TASK_TAKEN')
    const { fleet } = adopted
    expect(Object.keys(fleet.entries)).toEqual(['app-1'])
  })
})
