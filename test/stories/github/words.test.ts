import { expect, test } from 'vitest'
import { mended, open, working } from './scene.ts'

test('a vote of somebody whose account is not linked says that GitHub still wants a review, and where it is given', async () => {
  const { cyn, chat, ci, pull, later } = await open({
    prepares: (github, repository) => github.person('ana').protects(repository, 'main', { requiredChecks: ['test'], requiredApprovals: 1 }),
  })
  await ci.passes(pull(), 'test')
  await later()
  await cyn.says('approve app-1')
  chat.shows('cyn approved #43', 'The forge of #43 still wants an approving review.', "is cyn's linked there", `${pull().number}`)
  await later()
  chat.shows('app-1 · review pending')
})

test('"show" says the last words of an agent once, short and long', async () => {
  const { ana, agent, chat } = await working()
  await agent.finishes(mended, 'It adds now.')
  await ana.says('show app-1')
  const short = chat.text()
  expect(short.split('It adds now.').length - 1).toBe(2) // the card of the session, and the answer
  await agent.idles(`It adds now, ${'and really '.repeat(20)}so.\nMore of it.`)
  await ana.says('show app-1')
  chat.shows('More of it.')
})

test('what was merged is in "status ended" after a restart, too', async () => {
  const { ana, chat, bot, ci, pull, later } = await open()
  await ci.passes(pull(), 'test')
  await later()
  await ana.presses('Merge')
  await later()
  await bot.crashes()
  await bot.starts()
  await ana.says('status')
  chat.shows('1 ended: say "status ended".')
  await ana.says('status ended')
  chat.shows('1 session ended', '✓ app-1  merged  #42 add() subtracts')
})
