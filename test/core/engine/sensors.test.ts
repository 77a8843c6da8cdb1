import { describe, expect, test } from 'vitest'
import { unheard } from '../../../core/contracts/agent.ts'
import type { HintOf, Project, Scm } from '../../../core/contracts/plugins.ts'
import type { Session } from '../../../core/contracts/session.ts'
import { createSensors } from '../../../core/engine/sensors.ts'
import { given, live, see } from '../../fakes/spec.ts'

const now = 1_000_000
const project: Project = { name: 'app', path: '/srv/app', base: 'main' }
const nothing = (): never => {
  throw new Error('nobody should ask for this')
}

/** Looks at one session of a project whose forge wants rest for so long; gives the branches that the forge was asked about. */
const asked = async (restMs: number, about: readonly HintOf[] | null): Promise<readonly string[]> => {
  const session: Session = given(...live).and(see.work()).session
  const branches: string[] = []
  const scm: Pick<Scm, 'look' | 'restUntil'> = {
    look: async (items) => {
      branches.push(...items.map(({ branch }) => branch))
      return items.map(() => null)
    },
    restUntil: () => now + restMs,
  }
  const sensors = createSensors({
    sessions: () => [session],
    show: async () => {},
    tools: {
      runtime: nothing,
      scm: () => scm as Scm,
      project: () => ({ ...project, rules: null, permissions: 'default' }),
      agent: nothing,
      now: () => now,
    }, // no more is asked of it
    reader: { read: nothing, forget: () => {} } as never, // no agent is looked at here
    log: { debug: () => {}, info: () => {}, warn: nothing, error: nothing },
    signal: new AbortController().signal,
  })
  await sensors.lookAtChanges(about)
  return branches
}

describe('a forge that wants rest', () => {
  const hint: readonly HintOf[] = [{ project: 'app' }]

  test.each([
    [0, true, true],
    [-60_000, true, true],
    [1_000, false, true],
    [15_000, false, true],
    [15_001, false, false],
    [600_000, false, false],
  ])('for %i ms is looked at in its turn: %s, because of a hint: %s', async (restMs, inTurn, hinted) => {
    expect((await asked(restMs, null)).length > 0).toBe(inTurn)
    expect((await asked(restMs, hint)).length > 0).toBe(hinted)
  })

  test('a hint about something else makes nobody look', async () => {
    expect(await asked(0, [{ project: 'other' }])).toEqual([])
    expect(await asked(0, [{ project: 'app', number: 99 }])).toEqual([])
  })
})

test('pitfall 31: a look that fails says nothing of an agent, least of all that it is gone', async () => {
  const { session } = given(...live).and(see.work())
  const [shown, told]: [unknown[], string[]] = [[], []]
  const sensors = createSensors({
    sessions: () => [session],
    show: async (_, seen) => void shown.push(seen),
    tools: {
      runtime: () => ({
        hasTerminal: true,
        look: async () => {
          throw new Error('the server does not answer')
        },
      }),
      agent: () => ({}),
      scm: nothing,
      project: nothing,
      now: () => 0,
    } as never, // no more is asked of them
    reader: { read: nothing, see: nothing, forget: () => {} },
    log: { debug: () => {}, info: () => {}, warn: (event) => void told.push(event), error: nothing },
    signal: new AbortController().signal,
  })
  await sensors.lookAtAgents()
  expect(shown).toEqual([])
  expect(told).toEqual(['sensor.host.failed'])
})

describe('an agent that is known by its screen', () => {
  const { session } = given(...live).and(see.work())
  const looked = async (
    screens: readonly { readonly activeAt: number; readonly text: string }[],
    { canSee = true, lookedAt = 10_000 } = {},
  ) => {
    const read: (string | null)[] = []
    let now = screens[0]
    const sensors = createSensors({
      sessions: () => [session],
      show: async () => {},
      tools: {
        runtime: () => ({
          hasTerminal: true,
          look: async ([handle]: readonly { readonly run: string }[]) =>
            new Map([[handle?.run, { alive: true, pid: 1, activeAt: now?.activeAt ?? 0, title: '' }]]),
          screen: async () => now?.text ?? '',
        }),
        agent: () => (canSee ? { see: nothing } : {}),
        scm: nothing,
        project: nothing,
        now: () => lookedAt,
      } as never, // no more is asked of them
      reader: {
        read: async () => {
          read.push(null)
          return unheard
        },
        see: (_: unknown, screen: string) => {
          read.push(screen)
          return unheard
        },
        forget: () => {},
      },
      log: { debug: () => {}, info: () => {}, warn: nothing, error: nothing },
      signal: new AbortController().signal,
    })
    for (const screen of screens) {
      now = screen
      await sensors.lookAtAgents()
    }
    return read
  }

  test('is shown its terminal when that shows something new, and only then', async () => {
    const screens = [
      { activeAt: 1, text: 'Allow?' },
      { activeAt: 1, text: 'Allow?' },
      { activeAt: 2, text: 'Working' },
    ]
    expect(await looked(screens)).toEqual(['Allow?', null, 'Working'])
  })

  test('is shown again what may have been drawn later in the second that its runtime told', async () => {
    const screens = [
      { activeAt: 9_000, text: 'Working' },
      { activeAt: 9_000, text: 'Allow?' },
    ]
    expect(await looked(screens)).toEqual(['Working', 'Allow?'])
    expect(await looked(screens, { lookedAt: 11_000 })).toEqual(['Working', null])
  })

  test('and nobody else is', async () => {
    expect(await looked([{ activeAt: 1, text: 'Allow?' }], { canSee: false })).toEqual([null])
  })
})
