import { describe, expect, test } from 'vitest'
import { able, change, given, live, lost, minute, question, second, see, stopped, tell, tick, wish, woke } from '../../fakes/spec.ts'

const handed = given(...live)
  .when(tell('use zod'))
  .then(['message.queued', 'message.handed'], ['agent.tell'])
const first = handed.message
const sent = handed.when(see.sent(first)).then([{ type: 'message.sent', way: 'own' }], [])
const stateOf = (spec: typeof handed, id = first) => spec.session.messages.find((message) => message.id === id)?.state

describe('words on their way to the agent', () => {
  test('are handed over, sent, and confirmed by what the agent shows', () => {
    sent.when(see.agent({ received: [first] })).then(['message.confirmed'], [])
  })
  test('go one at a time, in the order they were said', () => {
    const two = handed.when(tell('and vitest')).then(['message.queued'], ['agent.tell'])
    expect(two.effect('agent.tell').subject).toBe(first)
    const next = two
      .and(see.sent(first))
      .when(see.agent({ received: [first] }))
      .then(['message.confirmed', 'message.handed'], ['agent.tell'])
    expect(next.effect('agent.tell').message.text).toContain('vitest')
  })
  test('wait until the agent lives, and until its turn is over where it cannot hear', () => {
    const deaf = given(...live)
      .with(able({ hearsWhileWorking: false }))
      .when(tell('hi'))
      .then(['message.queued'], [])
    deaf
      .when(see.agent({ turnEnded: { mark: 1, message: null } }))
      .then(['agent.idled', 'message.handed'], ['agent.tell', 'workspace.look'])
    given(...lost)
      .and(tick)
      .when(tell('hi'))
      .then(['message.queued'], ['people.call'])
  })
  test('never go while a dialog is open; only the answer does', () => {
    given(...live)
      .and(see.agent({ question }))
      .when(tell('hi'))
      .then(['message.queued'], ['people.call'])
      .when(wish({ name: 'answer', request: null, choice: 1, text: '' }))
      .then(['question.decided', 'trouble.eased'], ['agent.answer'])
      .when(see.handed())
      .then(['question.handed'], [])
      .when(see.agent({ answered: { request: 'q1', text: 'yes', by: 'chat' } }))
      .then(['question.confirmed', { type: 'trouble.settled', key: 'agent-needs-input' }, 'message.handed'], ['agent.tell'])
  })
  test('wait while the agent is paused', () => {
    given(...live)
      .and(wish({ name: 'suspend' }), see.suspended())
      .when(tell('hi'))
      .then(['message.queued'], [])
      .and(wish({ name: 'continue' }), see.admitted())
      .when(see.resumed())
      .then(['agent.resumed', 'message.handed'], ['agent.tell'])
  })
})

describe('words without a proof of arrival', () => {
  test('are looked up once the proof is overdue, not before', () => {
    expect(sent.dueInMs).toBe(3 * second)
    sent
      .after(3 * second - 1)
      .when(tick)
      .then([], [])
    sent
      .after(3 * second)
      .when(tick)
      .then(['message.doubted'], ['agent.find'])
  })
  test('were found: confirmed', () => {
    sent.after(minute).and(tick).when(see.found(first, 'seen')).then(['message.confirmed'], [])
  })
  test('are proven not to have arrived: handed over again, at most three times', () => {
    let spec = sent
    for (let tries = 1; tries < 3; tries += 1)
      spec = spec
        .after(minute)
        .when(tick)
        .then(['message.doubted'])
        .when(see.found(first, 'absent'))
        .then(['message.absent', 'message.handed'], ['agent.tell'])
        .and(see.sent(first))
    spec.after(minute).and(tick).when(see.found(first, 'absent')).then(['message.unconfirmed'], [])
  })
  test('are not known to have arrived: unconfirmed, until a person sends them again', () => {
    const unsure = sent.after(minute).and(tick).when(see.found(first, 'unknown')).then(['message.unconfirmed'], [])
    const again = unsure
      .when(wish({ name: 'resend', message: first }))
      .then([{ type: 'message.dropped', why: 'sent again' }, 'message.queued', 'message.handed'], ['agent.tell'])
    again.when(wish({ name: 'resend', message: first })).fails('MESSAGE_UNKNOWN')
  })
  test('are confirmed however late the proof comes', () => {
    const unsure = sent.after(minute).and(tick, see.found(first, 'unknown'))
    unsure.when(see.agent({ received: [first] })).then(['message.confirmed'])
  })
  test('that turn out to have arrived before they are handed over again are not', () => {
    const waiting = sent.after(minute).and(tick, see.agent({ question })).when(see.found(first, 'absent')).then(['message.absent'])
    waiting.when(see.agent({ question, received: [first] })).then(['message.confirmed'])
  })
  test('an agent that leaves no trace: unconfirmed at once, and nothing is said twice', () => {
    const silent = given(...live)
      .with(able({ receipts: null }))
      .and(tell('hi'))
    silent.when(see.sent(first, false)).then(['message.sent', 'message.unconfirmed'], [])
    silent.when(see.failed('agent.tell', { subject: first })).then(['message.unconfirmed'], [])
  })
  test('a send that failed half way is looked up before it is tried again', () => {
    handed.when(see.failed('agent.tell', { subject: first })).then(['message.doubted'], ['agent.find'])
    sent.when(see.failed('agent.tell', { subject: first })).then([])
  })
  test('after a restart of the bot what was being handed over is looked up, whatever became of it', () => {
    handed.when(woke).then(['message.doubted'], ['agent.find'])
    sent.when(woke).then(['message.doubted'], ['agent.find'])
    given(...live)
      .when(woke)
      .then([])
    given(...stopped)
      .when(woke)
      .then([])
    handed.and(woke).when(woke).then([])
  })
  test('a process that goes away in the middle leaves a doubt, not a second send', () => {
    const cut = handed
      .when(see.exited(1))
      .then(['agent.exited', 'trouble.raised', 'trouble.escalated', 'message.doubted'], ['agent.find', 'people.call'])
    cut.when(see.found(first, 'absent')).then(['message.absent'], ['people.call'])
    expect(stateOf(cut)).toBe('doubted')
  })
})

test('words about something that is no longer so are dropped', () => {
  given(...live)
    .with(able({ hearsWhileWorking: false }))
    .and(see.change(change({ conflict: 'conflicting' })))
    .when(see.change(change()))
    .then(['change.seen', 'trouble.eased', { type: 'message.dropped', why: 'it is no longer so' }], [])
})

test('a session remembers its last messages, not all it ever said', () => {
  let spec = given(...live)
  for (let index = 0; index < 40; index += 1) {
    spec = spec.and(tell(`${index}`))
    spec = spec.and(see.sent(spec.message), see.agent({ received: [spec.message] }))
  }
  expect(spec.session.messages.length).toBeLessThan(25)
  expect(spec.session.messages.at(-1)?.text).toBe('ana: 39')
})
