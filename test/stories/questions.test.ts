import { expect, test } from 'vitest'
import { town } from '../fakes/town.ts'

const asked = async () => {
  const all = await town()
  await all.bob.says('fix #2')
  await all.agent.asks({ text: 'What should divide(1, 0) do?', options: ['Throw', 'Return null'] })
  return all
}

test('a question comes with its choices as buttons, and the button answers it', async () => {
  const { bob, agent, chat, eyes, facts } = await asked()
  chat.shows('app-1 · needs input', 'app-1 asks: What should divide(1, 0) do?', '[Throw] [Return null]')
  await bob.presses('Return null')
  await eyes.look()
  chat.shows('“What should divide(1, 0) do?”: bob said Return null', 'app-1 · working')
  expect(await facts()).toContain('question.confirmed')
  expect(chat.hasButton('Throw')).toBe(false)
  expect(agent.heard()).toEqual([]) // it was answered by its own means, not by typing
})

test.each([
  ['2', 'Return null'],
  ['throw', 'Throw'],
  ['answer app-1 use NaN', 'use NaN'],
])('in words, "%s" answers it, too', async (words, answer) => {
  const { bob, factsOf } = await asked()
  await bob.says(words)
  const decided = (await factsOf()).find(({ type }) => type === 'question.decided')
  expect(decided).toMatchObject({ decision: { text: answer, by: 'bob' } })
})

test('"yes" is the choice that says yes, wherever it stands', async () => {
  const { bob, agent, factsOf } = await town()
  await bob.says('fix #2')
  await agent.asks({ text: 'Delete the file?', options: ['No', "Yes, and don't ask again", 'Yes'] })
  await bob.says('yes')
  const decided = (await factsOf()).find(({ type }) => type === 'question.decided')
  expect(decided).toMatchObject({ decision: { text: 'Yes', by: 'bob' } })
})

test('where no choice says yes or no, "yes" is asked back: it never chooses the first', async () => {
  const { bob, chat, facts } = await asked()
  await bob.says('yes')
  chat.shows('Which choice?', 'Say its number: 1 for “Throw”, 2 for “Return null”.')
  expect(await facts()).not.toContain('question.decided')
})

test('a choice that is not there is refused with those that are', async () => {
  const { bob, chat, facts } = await asked()
  await bob.says('answer app-1 7')
  chat.shows('app-1 has no choice 7.', 'The choices are 1 Throw, 2 Return null.')
  expect(await facts()).not.toContain('question.decided')
})

test('pitfall 3: answered at the terminal first and tapped afterwards, the tap is told who was first', async () => {
  const { bob, agent, chat, facts } = await asked()
  const tap = chat.button('Throw')
  await agent.answersAtTerminal('2')
  chat.shows('was answered at the terminal first: Return null')
  await bob.presses(tap)
  chat.shows('That question of app-1 is closed: somebody at the terminal chose "Return null" first.')
  expect(await facts()).not.toContain('question.decided')
})

test('answered at the terminal first and tapped before anybody saw it, the chat says what was chosen there', async () => {
  const { bob, agent, eyes, chat } = await asked()
  eyes.close()
  await agent.answersAtTerminal('2')
  await bob.presses('Throw')
  await eyes.open()
  chat.shows('was answered at the terminal first: Return null')
  chat.hides('bob said Throw')
})

test('while the answer is on its way the card says so, and a second tap is told', async () => {
  const { bob, ana, holds, chat, eyes } = await asked()
  const tap = chat.button('Throw')
  const release = holds('agent.answer')
  await bob.presses(tap)
  chat.shows('bob said Return null'.replace('Return null', 'Throw'), '(sending)')
  await ana.presses(tap)
  chat.shows('That question of app-1 is closed: bob answered "Throw".')
  await release()
  await eyes.look()
  chat.hides('(sending)')
})

test('pitfall 7: an answer to an older question is never given to a newer one', async () => {
  const { bob, agent, chat, facts } = await asked()
  const tap = chat.button('Throw')
  await agent.answersAtTerminal('1')
  await agent.asks({ request: 'q2', text: 'Delete the database?', options: ['Yes', 'No'] })
  await bob.presses(tap)
  chat.shows('That question of app-1 is closed: it asked something else since.')
  expect(await facts()).not.toContain('question.decided')
})

test('nothing is typed into an open dialog: words wait until it is closed', async () => {
  const { bob, agent, chat } = await asked()
  await bob.says('tell app-1 use zod')
  chat.shows('“bob: use zod” from bob waits to be said')
  expect(agent.heard()).toEqual([])
  await agent.answersAtTerminal('1')
  expect(agent.heard()).toEqual(['bob: use zod'])
})

test('a question put as words is answered as a message', async () => {
  const { bob, agent, chat, eyes } = await town()
  await bob.says('fix #2')
  await agent.asks({ text: 'Which name?', reply: 'message' })
  await bob.says('answer app-1 call it Bar')
  await eyes.look()
  expect(agent.heard()).toEqual(['To your question "Which name?" the answer is: call it Bar'])
  chat.shows('“Which name?”: bob said call it Bar')
})

test('a viewer may not answer what others asked for', async () => {
  const { dan, chat, facts } = await asked()
  await dan.presses('Throw')
  chat.shows('dan may answer only sessions they asked for, and app-1 is not one.')
  expect(await facts()).not.toContain('question.decided')
})
