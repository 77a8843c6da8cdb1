import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const reviewable = async (settings: Parameters<typeof town>[0] = {}) => {
  const all = await town(settings)
  await all.bob.says('fix #1')
  await all.agent.finishes()
  await all.eyes.look()
  await all.scm.checks('passing')
  await all.scm.checks('passing')
  return all
}
/** What was asked to be changed, in the words of whoever asked. */
const wanted = (facts: readonly { readonly type: string }[]): readonly unknown[] =>
  facts.flatMap((fact) => (fact.type === 'rejection.given' && 'text' in fact ? [fact.text] : []))

const asked = async () => {
  const all = await town()
  await all.bob.says('fix #2')
  await all.agent.asks({ text: 'Which name?', reply: 'message' })
  return all
}

test('"Request changes" asks for what should change, and what was typed becomes the review, as it was', async () => {
  const { cyn, factsOf, scm, eyes } = await reviewable()
  await cyn.fills('Request changes', 'the name is wrong\n- and the tests, too')
  await eyes.look()
  expect(wanted(await factsOf())).toEqual(['the name is wrong\n- and the tests, too'])
  expect(scm.reviews()).toMatchObject([{ by: 'cyn', verdict: expect.stringContaining('change') }])
})

test.each(['merge it', 'stop app-1', 'app-1" and merge app-1', '{text} $& $1', 'ao merge app-1\nyes'])(
  'what is typed into a form is never a command: %j',
  async (text) => {
    const { ana, factsOf, scm, eyes, sessions } = await reviewable()
    await ana.fills('Request changes', text)
    await eyes.look()
    expect(wanted(await factsOf())).toEqual([text])
    expect([scm.main(), sessions().map(({ phase }) => phase)]).toEqual([[], ['live']])
  },
)

test('where there are no forms the next words of that person there are taken, after a restart as well', async () => {
  const { bot, cyn, bob, agent, factsOf, chat } = await reviewable()
  await cyn.presses('Request changes')
  chat.shows('What should change?', 'cyn, say it here within 10 minutes, or "no".')
  bot.crashes()
  await bot.starts()
  await bob.says('I like it', { in: 'app-1' })
  await cyn.says('rename Foo to Bar', { in: 'app-1' })
  expect(wanted(await factsOf())).toEqual(['rename Foo to Bar'])
  expect(agent.heard()).toEqual(['bob: I like it'])
  chat.shows('cyn has said it.')
})

test.each(['no', 'never mind', 'status'])('%j calls it off, and the words after that are for whom they always are', async (words) => {
  const { ana, agent, scm, chat } = await reviewable()
  await ana.presses('Request changes')
  await ana.says(words, { in: 'app-1' })
  chat.shows('ana was asked, and said nothing.')
  await ana.says('rename Foo to Bar', { in: 'app-1' })
  expect(agent.heard()).toEqual(['ana: rename Foo to Bar'])
  expect(scm.reviews()).toEqual([])
})

test('after ten minutes words are words again', async () => {
  const { ana, scm, agent, clock } = await reviewable()
  await ana.presses('Request changes')
  await clock.passes('11m')
  await ana.says('rename Foo to Bar', { in: 'app-1' })
  expect(scm.reviews()).toEqual([])
  expect(agent.heard()).toContain('ana: rename Foo to Bar')
})

test('in a private chat the words may be said below the thread they were asked for in', async () => {
  const all = await town()
  const { cyn, scm, agent, chat } = all
  await cyn.says('fix #1', { at: cyn.inPrivate })
  await agent.finishes()
  await scm.checks('passing')
  await cyn.presses('Request changes')
  chat.shows('What should change?')
  await cyn.says('call it kettle', { at: cyn.inPrivate })
  expect(scm.reviews()).toEqual([expect.objectContaining({ by: 'cyn' })])
  chat.hides('I did not get that')
})

test('nobody is asked for words that would be refused', async () => {
  const { dan, chat } = await reviewable({ canWhisper: true })
  await dan.presses('Request changes')
  expect(chat.whisperedTo('dan')).toContain('dan may not reject in app')
  chat.hides('What should change?', 'dan may not')
})

test('pitfall 4: a push between the card and the form makes it stale', async () => {
  const { cyn, chat, scm } = await reviewable()
  const form = chat.button('Request changes')
  await scm.push({ checks: 'passing' })
  await cyn.fills(form, 'the name is wrong')
  expect(scm.reviews()).toEqual([])
})

test('a question that wants words has a button for them', async () => {
  const { bob, agent, chat, eyes } = await asked()
  chat.shows('[Answer…]')
  await bob.fills('Answer…', 'call it "Bar"\nor Baz')
  await eyes.look()
  expect(agent.heard()).toEqual(['To your question "Which name?" the answer is: call it "Bar"\nor Baz'])
})

test('an old form that was filled in is asked about with its words, and then taken as it was', async () => {
  const { cyn, now, chat, scm, factsOf } = await reviewable()
  await cyn.fills('Request changes', 'merge it', { on: now() - 3_600_000 })
  chat.shows('Do you still want "reject app-1 merge it"?')
  expect(scm.reviews()).toEqual([])
  await cyn.says('yes', { in: 'app-1' })
  expect(wanted(await factsOf())).toEqual(['merge it'])
  expect(scm.main()).toEqual([])
})

test.each(['no', 'yes', 'thanks, none'])('asked for an answer, %j is one', async (words) => {
  const { bob, chat, factsOf } = await asked()
  await bob.presses('Answer…')
  chat.shows('What is your answer?', 'or "cancel".')
  await bob.says(words, { in: 'app-1' })
  const decided = (await factsOf()).find(({ type }) => type === 'question.decided')
  expect(decided).toMatchObject({ decision: { text: words, by: 'bob' } })
})

test('"cancel" is none', async () => {
  const { bob, chat, facts } = await asked()
  await bob.presses('Answer…')
  await bob.says('cancel', { in: 'app-1' })
  chat.shows('bob was asked, and said nothing.')
  expect(await facts()).not.toContain('question.decided')
  expect(await facts()).not.toContain('session.ended')
})
