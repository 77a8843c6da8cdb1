import { describe, expect, test } from 'vitest'
import { able, given, live, minute, question, see, tell, tick, wish } from '../../fakes/spec.ts'

const interrupt = (text: string | null = null) => wish({ name: 'interrupt', text })
const ended = (isBrokenOff: boolean, mark = 1) => see.agent({ turnEnded: { mark, message: null, isBrokenOff } })

describe('a turn that is to be broken off', () => {
  const asked = given(...live)
    .when(interrupt('use zod instead'))
    .then(
      [
        { type: 'interrupt.requested', by: 'ana' },
        { type: 'message.queued', from: 'ana' },
      ],
      ['agent.interrupt'],
    )
  const handed = asked.when(see.interrupted('handed')).then([{ type: 'interrupt.settled', outcome: 'handed' }], [])

  test('is broken off first, and the words come after it has ended', () => {
    handed
      .when(ended(true))
      .then([{ type: 'agent.idled', isBrokenOff: true }, 'message.handed'], ['agent.tell', 'workspace.look'])
      .when(see.interrupted('handed')) // told late: it is over
      .then([])
  })
  test('is told so once, however often it is said; words said meanwhile wait, too, in their order', () => {
    const more = handed.when(interrupt('and vitest')).then(['message.queued'], []).when(tell('thanks')).then(['message.queued'], [])
    const told = more.and(ended(true)).effect('agent.tell')
    expect(told.message.text).toContain('use zod instead')
    handed.when(interrupt()).then([])
  })
  test('that had ended already, or cannot be broken off: nothing waits for it', () => {
    for (const seen of [see.interrupted('idle'), see.failed('agent.interrupt')])
      asked.when(seen).then(['interrupt.settled', 'message.handed'], ['agent.tell']).when(see.failed('agent.interrupt')).then([])
  })
  test('is not broken off twice by a bot that was down when it was told', () => {
    asked.when(ended(true)).then(['agent.idled', 'message.handed'], ['agent.tell', 'workspace.look'])
  })
  test('goes away with its process', () => {
    const gone = handed.and(see.exited(1))
    expect(gone.session.interrupting).toBeNull()
    expect(given(...gone.facts).and(wish({ name: 'stop' })).session.interrupting).toBeNull()
    expect(handed.and(wish({ name: 'stop' })).session.interrupting).toBeNull()
  })
})

describe('who cannot be interrupted is told why', () => {
  test('an agent without means for it; its words can wait for the end of the turn instead', () => {
    given(...live)
      .with(able({ interrupts: false }))
      .when(interrupt('stop that'))
      .fails('NOT_INTERRUPTIBLE')
  })
  test('an agent that asks: an answer is what it waits for', () => {
    given(...live)
      .and(see.agent({ question }))
      .when(interrupt())
      .fails('ASKS_FIRST')
  })
  test('an agent that has ended its turn hears the words, and nothing else is there to be done', () => {
    const idle = given(...live).and(ended(false))
    idle.when(interrupt()).fails('NOTHING_TO_INTERRUPT')
    idle
      .with(able({ interrupts: false }))
      .when(interrupt('go on'))
      .then(['message.queued', 'message.handed'], ['agent.tell', 'workspace.look'])
  })
  test('an agent that is paused', () => {
    given(...live)
      .and(wish({ name: 'suspend' }), see.suspended())
      .when(interrupt())
      .fails('PAUSED_ALREADY')
  })
})

describe('a turn that a person broke off', () => {
  const quiet = (isBrokenOff: boolean) =>
    given(...live)
      .and(ended(isBrokenOff), see.work({ ahead: 0 }))
      .after(60 * minute)

  test('is no trouble: who did it on purpose is not called, and the agent is not nudged', () => {
    expect(quiet(true).and(tick).session.troubles).toEqual([])
    expect(quiet(false).and(tick).session.troubles[0]).toMatchObject({ key: 'agent-idle' })
  })
  test('is one again when it was given words, worked, and ended its next turn by itself', () => {
    const again = quiet(true).and(tell('go on'))
    expect(again.session.isBrokenOff).toBe(false)
    const worked = quiet(true).and(see.agent({ workedAt: quiet(true).at, turnEnded: null }))
    expect(worked.session.isBrokenOff).toBe(false)
    const after = worked.and(ended(false, 2), see.work({ ahead: 0 })).after(60 * minute)
    expect(after.and(tick).session.troubles[0]).toMatchObject({ key: 'agent-idle' })
  })
})
