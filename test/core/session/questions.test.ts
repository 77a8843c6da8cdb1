import { describe, expect, test } from 'vitest'
import { given, live, question, see, tell, wish } from '../../fakes/spec.ts'

const answer = wish({ name: 'answer', request: null, choice: 1, text: '' })
const asked = given(...live)
  .when(see.agent({ question }))
  .then(['question.asked', { type: 'trouble.raised', text: 'May I run it?' }, 'trouble.escalated'], ['people.call'])
const decided = asked.when(answer).then(['question.decided', 'trouble.eased'], ['agent.answer'])
const stateOf = (spec: typeof asked) => spec.session.asked?.state

describe('a question the agent asks by its own means', () => {
  test('asked, decided, handed, confirmed', () => {
    expect(decided.effect('agent.answer')).toMatchObject({ decision: { request: 'q1', choice: 1, text: 'yes' }, subject: 'q1' })
    decided
      .when(see.handed())
      .then(['question.handed'], [])
      .when(see.agent({ answered: { request: 'q1', text: 'yes', by: 'chat' } }))
      .then(['question.confirmed', 'trouble.settled'], [])
  })
  test('somebody at the terminal was first: it says what they chose', () => {
    const overtaken = decided
      .when(see.agent({ answered: { request: 'q1', text: 'no', by: 'terminal' } }))
      .then([{ type: 'question.overtaken', text: 'no' }, 'trouble.settled'], [])
    expect(overtaken.session.asked).toMatchObject({ state: 'overtaken', outcome: 'no' })
    overtaken.when(answer).then([])
  })
  test('it closed before it could be read who had closed it: that is told when it is known', () => {
    const gone = asked.and(see.agent())
    gone
      .when(see.agent({ answered: { request: 'q1', text: 'no', by: 'terminal' } }))
      .then([{ type: 'question.overtaken', text: 'no' }, 'trouble.settled'])
    gone.when(see.agent({ answered: { request: 'q1', text: 'yes', by: 'chat' } })).then(['trouble.settled'])
  })
  test('it is no longer asked: gone, and an answer comes too late', () => {
    asked
      .when(see.agent())
      .then(['question.gone', 'trouble.eased'], [])
      .when(wish({ name: 'answer', request: null, choice: 2, text: '' }))
      .fails('QUESTION_CLOSED')
    decided.when(see.handed('gone')).then(['question.gone'], [])
  })
  test('while the answer is on its way, the same picture changes nothing', () => {
    decided.when(see.agent({ question })).then(['trouble.settled'], ['agent.answer'])
    decided.and(see.handed()).when(see.agent({ question })).then(['trouble.settled'], [])
    decided.and(see.handed()).when(see.handed()).then([])
  })
  test('the next question takes the place of the last', () => {
    asked
      .when(see.agent({ question: { ...question, request: 'q2', text: 'And that?' } }))
      .then([
        'question.gone',
        { type: 'question.asked', question: { request: 'q2' } },
        { type: 'trouble.raised', reason: 'q2' },
        'trouble.escalated',
      ])
  })
  test('an answer that cannot be handed over is tried again, and then a person is called', () => {
    decided.when(see.failed('agent.answer', { subject: 'q1' })).then(['effect.failed'], [])
    decided.when(see.failed('agent.answer', { subject: 'q1', mayPass: false })).then(['effect.failed'], ['people.call'])
  })
  test('it ends with its process, answered or not, and nothing waits for it', () => {
    expect(stateOf(asked.and(see.exited(1)))).toBe('gone')
    expect(stateOf(decided.and(see.exited(1)))).toBe('gone')
    expect(stateOf(decided.and(see.handed(), wish({ name: 'restart' }), see.gone()))).toBe('gone')
  })
})

describe('a question that wants words', () => {
  const spoken = given(...live).and(see.agent({ question: { ...question, reply: 'message', options: [] } }))
  const replied = spoken
    .when(wish({ name: 'answer', request: null, choice: null, text: 'use zod' }))
    .then(
      ['question.decided', 'trouble.eased', { type: 'message.queued', id: 'answer-q1' }, 'question.handed', 'message.handed'],
      ['agent.tell'],
    )

  test('is answered by a message, and confirmed with it', () => {
    expect(replied.effect('agent.tell').message.text).toContain('use zod')
    replied
      .and(see.sent('answer-q1'))
      .when(see.agent({ received: ['answer-q1'] }))
      .then(['message.confirmed', 'trouble.settled', 'question.confirmed'], [])
  })
  test('closes no dialog, so other words may go meanwhile', () => {
    spoken.when(tell('hi')).then(['message.queued', 'message.handed'])
  })
  test('is withdrawn when the agent goes on without an answer', () => {
    spoken.when(see.agent()).then(['question.gone', 'trouble.eased'], [])
  })
  test('is answered at the terminal, once', () => {
    const atTerminal = see.agent({ answered: { request: 'q1', text: 'zod', by: 'terminal' } })
    spoken
      .when(atTerminal)
      .then([{ type: 'question.overtaken', text: 'zod' }, 'trouble.eased'])
      .when(atTerminal)
      .then(['trouble.settled'])
    expect(stateOf(replied.and(atTerminal))).toBe('handed')
  })
  test('outlives its process once it is answered', () => {
    expect(stateOf(replied.and(see.exited(1)))).toBe('handed')
    expect(stateOf(spoken.and(see.exited(1)))).toBe('gone')
  })
})
