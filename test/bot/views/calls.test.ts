import { describe, expect, test } from 'vitest'
import type { Card } from '../../../bot/contracts/card.ts'
import type { Answer, Call, Step } from '../../../bot/escalate/call.ts'
import { unbornCall } from '../../../bot/escalate/evolve.ts'
import { alerts, resolvedAlert } from '../../../bot/views/alerts.ts'
import {
  answerActions,
  answeredCard,
  nothingWaits,
  stepCard,
  stepKey,
  waitedCard,
  waitedKey,
  withStanding,
} from '../../../bot/views/calls.ts'
import { asked, asText, later, live, sessionOf, standing } from '../sessions.ts'

/** By the clock of whatever machine this runs on. */
const at = (hour: number, minute = 0, day = 5): number => new Date(2026, 0, day, hour, minute).getTime()
const [minuteMs, hourMs] = [60_000, 3_600_000]

const session = later(sessionOf([...live, asked('r1', { text: 'Which library?', options: ['zod', 'joi'] })]), 60_000)
const alert = alerts(session, standing(session))[0] as Card // its agent asks
const settled = resolvedAlert(alert.key, session, standing(session))
const call: Call = {
  ...unbornCall('app-3.agent-needs-input.4'),
  seq: 3,
  raisedAt: at(9),
  alerts: [{ alert: alert.key, session: 'app-3', isOpen: true }],
}
const over: Call = { ...call, alerts: call.alerts.map((one) => ({ ...one, isOpen: false })), settled: 5 }
const step: Step = {
  since: 4,
  at: at(9, 10),
  waitedMs: 10 * minuteMs,
  rung: 'requester',
  person: 'bob',
  heldUntil: null,
  state: 'wanted',
  place: null,
}
const seen: Answer = { how: 'seen', by: 'cyn', at: at(9, 20), until: at(10, 20) }
const sight = { call, step, alert, others: [], isShared: true, isSilent: false }
const text = (card: Card): readonly string[] => asText(card).split('\n')

const buttons = ['  [zod] answer app-3 1', '  [joi] answer app-3 2']
const answers = ['  [Seen] seen app-3', '  [Snooze 1 h] snooze app-3 1h', '  [Mine] take app-3']

describe('one step', () => {
  test('is the alert once more, with why it is they, and all buttons', () => {
    const card = stepCard(sight)
    expect(text(card)).toEqual(['(ask) app-3 asks: Which library?', '  It has waited for an answer for 10 min.', ...buttons, ...answers])
    expect(card).toMatchObject({ key: 'call:app-3.agent-needs-input.4:4', kind: 'question', mentions: ['bob'], isSilent: false })
    expect(stepKey(call.id, 4)).toBe(card.key)
  })

  test.each([
    ['elsewhere', 'bob', 30 * minuteMs, 'It has waited for an answer for 30 min.'],
    ['onCall', 'cyn', hourMs, 'Nobody has answered for 1 h, and cyn is on call.'],
    ['channel', null, 2 * hourMs, 'Nobody has answered for 2 h: whoever can, please do.'],
    ['again', 'cyn', 3 * hourMs, 'cyn had an eye on it, and it still waits: for 3 h.'],
    ['requester', 'bob', 0, 'It has waited for an answer for 1 min.'],
  ] as const)('of %s for %s', (rung, person, waitedMs, why) => {
    const card = stepCard({ ...sight, step: { ...step, rung, person, waitedMs } })
    expect(card.lines[0]).toBe(why)
    expect(card.mentions).toEqual(person === null ? [] : [person])
  })

  test('for nobody in particular makes no sound where that is asked for', () =>
    expect(stepCard({ ...sight, step: { ...step, rung: 'channel', person: null }, isSilent: true }).isSilent).toBe(true))

  test('says for which others it stands', () => {
    expect(stepCard({ ...sight, others: ['app-4', 'app-5'] }).lines).toEqual([
      'It has waited for an answer for 10 min.',
      'The same in app-4 and app-5: this is for all of them.',
    ])
  })

  test('names twelve of many', () => {
    const many = Array.from({ length: 14 }, (_, index) => `app-${index + 4}`)
    const [, line] = stepCard({ ...sight, others: many }).lines
    expect(line).toBe(`The same in ${many.slice(0, 11).join(', ')} and 3 others: this is for all of them.`)
    expect(stepCard({ ...sight, others: many.slice(0, 12) }).lines[1]).toContain('app-14 and app-15:')
  })

  test('that somebody has answered says who, and offers what is left', () => {
    expect(text(stepCard({ ...sight, call: { ...call, answer: seen } }))).toEqual([
      '(ask) app-3 asks: Which library?',
      '  It has waited for an answer for 10 min.',
      '  cyn has seen it; nobody else is called before 10:20.',
      ...buttons,
      '  [Mine] take app-3',
    ])
  })

  test('of what is settled says how it came out, still to whom it was said, and has no buttons', () => {
    const card = stepCard({ ...sight, call: over, alert: settled })
    expect(card).toMatchObject({ key: stepKey(call.id, 4), title: settled.title, lines: settled.lines, actions: [], mentions: ['bob'] })
    expect(text(card)[0]).toContain('app-3 · settled')
  })
})

describe('the alert of the thread', () => {
  test.each([
    ['seen', 'cyn has seen it; nobody else is called before 10:20.', ['Mine']],
    ['snoozed', 'cyn put it off until 10:20.', ['Mine']],
    ['taken', 'cyn has taken it; nobody else is called before 10:20.', []],
  ] as const)('when it is %s', (how, line, labels) => {
    const card = withStanding(alert, 'app-3', { answer: { ...seen, how }, others: [], isShared: true })
    expect(card.lines).toEqual([...alert.lines, line])
    expect(card.actions.slice(alert.actions.length).map(({ label }) => label)).toEqual(labels)
  })

  test('offers "Mine" to nobody who is alone', () => {
    expect(answerActions('app-3', { answer: null, isShared: false }).map(({ label }) => label)).toEqual(['Seen', 'Snooze 1 h'])
    expect(answerActions('app-3', { answer: seen, isShared: false })).toEqual([])
  })
})

describe('what waited for quiet hours to end', () => {
  const key = waitedKey('bob', at(7))
  const row = { call, alert, session }
  const other = { ...row, alert: { ...alert, title: 'app-4 asks: Which port?' }, session: { ...session, id: 'app-4' } }
  const bare = { ...row, alert: { ...alert, title: 'app-5 · it could not be merged', actions: [] }, session: { ...session, id: 'app-5' } }
  const isShared = true

  test('is the alert itself where it is one, with all buttons', () => {
    const card = waitedCard(key, 'bob', [row], { isShared })
    expect(text(card)).toEqual(['(ask) app-3 asks: Which library?', ...buttons, ...answers])
    expect(card).toMatchObject({ key, kind: 'question', mentions: ['bob'] })
  })

  test('names the others and who has it, where it is one', () => {
    const alerts = [
      ...call.alerts,
      { alert: 'alert:app-4:x:1', session: 'app-4', isOpen: true },
      { alert: 'alert:app-3:x:1', session: 'app-3', isOpen: true },
    ]
    expect(waitedCard(key, 'bob', [{ ...row, call: { ...call, alerts, answer: seen } }], { isShared }).lines).toEqual([
      'The same in app-4: this is for all of them.',
      'cyn has seen it; nobody else is called before 10:20.',
    ])
  })

  test('is one message with a line and a button for each', () => {
    const card = waitedCard(key, 'bob', [row, other, bare], { isShared })
    expect(text(card)).toEqual([
      '(ask) 3 things waited for you in your quiet hours',
      '  app-3 asks: Which library?',
      '  app-4 asks: Which port?',
      '  app-5 · it could not be merged',
      '  [app-3: zod] answer app-3 1',
      '  [app-4: zod] answer app-3 1',
      '  [app-5: Show] show app-5',
    ])
    expect(card).toMatchObject({ key, kind: 'question', mentions: ['bob'] })
    expect(card.actions[1]?.about).toMatchObject({ session: 'app-4' })
  })

  test('counts what is open, and offers nothing for what is not', () => {
    const card = waitedCard(key, 'bob', [{ ...row, call: over, alert: settled }, other], { isShared })
    expect(text(card)).toEqual([
      '(ask) 1 thing waited for you in your quiet hours',
      `  ${settled.title}`,
      '  app-4 asks: Which port?',
      '  [app-4: zod] answer app-3 1',
    ])
  })

  test('says so when all is settled', () => {
    const done = { ...row, call: over, alert: settled }
    expect(text(waitedCard(key, 'bob', [done, done], { isShared }))).toEqual([
      '(calm) All that waited for you is settled.',
      `  ${settled.title}`,
      `  ${settled.title}`,
    ])
    expect(waitedCard(key, 'bob', [done], { isShared })).toMatchObject({ key, title: settled.title, actions: [], mentions: ['bob'] })
  })
})

describe('what is answered', () => {
  test.each([
    ['seen', at(10, 20), 'Seen: nobody else is called about app-3 before 10:20.'],
    ['snoozed', at(9, 0, 6), 'app-3 waits until tomorrow 09:00; you are told then, if it still does.'],
    ['taken', at(13, 20), 'app-3 is yours: nobody else is called about it before 13:20.'],
  ] as const)('to %s', (how, until, title) => {
    const card = answeredCard('said-1', 'app-3', { ...seen, how, until })
    expect(text(card)).toEqual([`(calm) ${title}`])
    expect(card).toMatchObject({ replyTo: 'said-1' })
  })

  test('where nothing waits', () =>
    expect(text(nothingWaits('said-1', 'app-3'))).toEqual(['(calm) app-3 waits for nobody now.', '  Say "status" for what does.']))
})
