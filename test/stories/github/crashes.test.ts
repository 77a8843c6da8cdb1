import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Death } from '../../fakes/town.ts'
import { open } from './scene.ts'

/**
 * The bot is killed again and again in each telling, `stride` appends apart and each telling one append later than the one before,
 * so that all tellings together have killed it before and after every append.
 */
const stride = 4
const deaths = (['before', 'after'] as const).flatMap((when) => Array.from({ length: stride }, (_, offset) => ({ when, offset })))

test.each(deaths)(
  `killed $when every ${stride}th append, shifted by $offset, between a red check and the merge: told once, merged once`,
  async ({ when, offset }) => {
    const told = await tell({ when, at: (_fact, append) => append % stride === offset })
    expect(told.deaths, told.where).toBeGreaterThan(2)
    expect(told, told.where).toMatchObject({
      failures: [expect.stringMatching(/these checks failed[\s\S]*expected 3, got -1/)],
      pulls: 1,
      merges: [200],
      mergedHead: told.head,
      issue: 'closed',
      comments: 1,
      isRemoved: true,
      isBranchGone: true,
    })
    expect(told.chat, told.where).toContain('app-1 · merged: #43 is on main')
  },
)

/** From a red check to the merge, with a bot that is started again whenever it died. */
const tell = async ({ when, at }: Death) => {
  const all = await open()
  const { ana, agent, bot, chat, ci, pull, later, clock, github, repository, issue, facts } = all
  let deaths = 0
  bot.isMended()
  bot.willCrash(
    when,
    (fact, count) => {
      const dies = at(fact, count)
      if (dies) deaths += 1
      return dies
    },
    true,
  )
  await ci.fails(pull(), 'test', 'expected 3, got -1\n')
  for (let looks = 0; looks < 2; looks += 1) await later()
  const head = await agent.finishes({ 'try.txt': '2\n' }, 'Now it is right.')
  for (let looks = 0; looks < 2; looks += 1) await later()
  await ci.passes(pull(), 'test')
  for (let looks = 0; looks < 2; looks += 1) await later()
  await ana.says('merge app-1')
  for (let looks = 0; looks < 2; looks += 1) await later()
  await clock.passes('2m')
  const sent = github.requests.filter(({ method, path }) => method === 'PUT' && path.endsWith('/merge'))
  return {
    deaths,
    head,
    failures: agent.heard().filter((words) => words.includes('these checks failed')),
    pulls: [...repository.items.values()].filter(({ kind }) => kind === 'PullRequest').length,
    merges: sent.map(({ status }) => status).filter((status) => status === 200 || status === 0),
    mergedHead: pull().mergedAt === null ? null : pull().head.oid,
    issue: issue.state,
    comments: issue.comments.length,
    isRemoved: !existsSync(agent.path()),
    isBranchGone: !repository.branches.has(pull().head.branch),
    chat: chat.text(),
    where: `${(await facts()).join('\n')}\n\n${chat.text()}`,
  }
}
