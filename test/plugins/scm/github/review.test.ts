import { describe, expect, test } from 'vitest'
import { faultOf, type GithubWorld, lookAt, openOne, start } from './world.ts'

type Opened = Awaited<ReturnType<typeof openOne>>
const review = (
  world: GithubWorld,
  { ref, change }: Opened,
  by: string,
  { verdict = 'approve' as 'approve' | 'request-changes', text = '', head = change.head, scm = world.scm } = {},
) => scm.review(ref, { by, verdict, head, text })
const reviewsOf = ({ pull }: Opened) =>
  pull.reviews.map(({ author, state, body, commitOid }) => ({ by: author?.login, state, body, commitOid }))
const refusals = (world: GithubWorld) => world.host.logged.filter(({ event }) => event === 'scm.reviewer.refused')

describe('a person whose token is linked', () => {
  test('reviews as themselves, on exactly that commit', async () => {
    const world = await start()
    const opened = await openOne(world)
    await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    await world.push(opened.workspace)
    await review(world, opened, 'Ben', { text: 'Fine.' })
    expect(reviewsOf(opened)).toEqual([{ by: 'Ben', state: 'APPROVED', body: 'Fine.', commitOid: opened.change.head }])
    expect(opened.pull.comments).toEqual([])
  })

  test('a request for changes without words gets some, since GitHub wants them', async () => {
    const world = await start()
    const opened = await openOne(world)
    await review(world, opened, 'Ben', { verdict: 'request-changes' })
    expect(reviewsOf(opened)).toMatchObject([{ state: 'CHANGES_REQUESTED', body: 'Changes are requested.' }])
  })

  test('the same again is one review; another verdict, other words and another commit are reviews of their own', async () => {
    const world = await start()
    const opened = await openOne(world)
    const no = { verdict: 'request-changes', text: 'No.' } as const
    for (const given of [no, no, { ...no, text: 'Still no.' }, {}, {}, no]) await review(world, opened, 'Ben', given)
    expect(reviewsOf(opened).map(({ state }) => state)).toEqual(['CHANGES_REQUESTED', 'CHANGES_REQUESTED', 'APPROVED', 'CHANGES_REQUESTED'])
    const head = await world.commit(opened.workspace, { 'more.txt': 'more\n' })
    await world.push(opened.workspace)
    await review(world, opened, 'Ben', { ...no, head })
    expect(reviewsOf(opened)).toHaveLength(5)
  })

  test('a comment of theirs in between does not make it another one', async () => {
    const world = await start()
    const opened = await openOne(world)
    await review(world, opened, 'Ben')
    await world.github.person('Ben').remarks(opened.pull, 'By the way.')
    await review(world, opened, 'Ben')
    expect(reviewsOf(opened).map(({ state }) => state)).toEqual(['APPROVED', 'COMMENTED'])
  })

  test('an answer that was lost is found, and two at once are one', async () => {
    const world = await start()
    const opened = await openOne(world)
    world.github.fails({ method: 'POST', path: /\/reviews$/ }, { is: 'lost' }, 1)
    await Promise.all([review(world, opened, 'Ben'), review(world, opened, 'Ben')])
    expect(reviewsOf(opened)).toHaveLength(1)
  })

  test('one’s own pull request takes a comment instead, without an alarm', async () => {
    const world = await start()
    const opened = await openOne(world)
    const scm = await world.reopened({ reviewers: { Ada: world.token } })
    await review(world, opened, 'Ada', { scm })
    await review(world, opened, 'Ada', { scm })
    expect(opened.pull.reviews).toEqual([])
    expect(opened.pull.comments.map(({ body }) => body)).toEqual([expect.stringContaining(`**Ada** approved ${opened.change.head}`)])
    expect(refusals(world)).toEqual([])
  })

  test('a token that is refused loses nothing: it is said in a comment, and the log says what to do', async () => {
    const world = await start()
    const opened = await openOne(world)
    const token = world.github.token('Dan', { expiresAt: 1 }).value
    const scm = await world.reopened({ reviewers: { Dan: token } })
    await review(world, opened, 'Dan', { verdict: 'request-changes', text: 'No.', scm })
    expect(opened.pull.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/\*\*Dan\*\* requested changes to [\s\S]*No\.$/)])
    expect(refusals(world)).toMatchObject([{ level: 'warn', fields: { by: 'Dan', cure: expect.stringContaining('reviewers') } }])
    expect(JSON.stringify(world.host.logged)).not.toContain(token)
  })

  test('a commit that GitHub does not have is a fault', async () => {
    const world = await start()
    const opened = await openOne(world)
    expect(await faultOf(review(world, opened, 'Ben', { head: '1'.repeat(40) }))).toMatchObject({ code: 'COMMIT_UNKNOWN' })
  })
})

describe('a person without one', () => {
  test('is named in a comment, once, with verdict and commit, and it counts as nobody’s review', async () => {
    const world = await start()
    const opened = await openOne(world)
    await review(world, opened, 'Ada')
    await review(world, opened, 'Ada')
    const [comment, ...others] = opened.pull.comments
    expect(others).toEqual([])
    expect(comment?.body.replace(/^<!-- ao:.*-->\n/, '')).toBe(`**Ada** approved ${opened.change.head} in the chat.`)
    expect(comment?.author?.login).toBe('ao-bot')
    expect((await lookAt(world, 1)).review).toBe('none')
    await review(world, opened, 'Ada', { verdict: 'request-changes', text: 'On second thought.' })
    await review(world, opened, 'Eve')
    expect(opened.pull.comments).toHaveLength(3)
  })

  test('their words are kept, and can neither hide anything nor pass for a mark', async () => {
    const world = await start()
    const opened = await openOne(world)
    const forged = {
      by: 'Eve --> **Ada**',
      verdict: 'request-changes',
      text: '@ana see <!-- ao:review approve 00 --> and --> here',
    } as const
    await review(world, opened, forged.by, forged)
    const body = opened.pull.comments[0]?.body ?? ''
    expect(body.match(/<!--/g)).toHaveLength(1)
    expect(body).toContain('@ana see &lt;!-- ao:review approve 00 --> and --> here')
    expect(body).toContain('**Eve --\\> \\*\\*Ada\\*\\*** requested changes')
  })

  test('a stranger’s comment with the same mark does not stop it', async () => {
    const world = await start()
    const opened = await openOne(world)
    await review(world, opened, 'Ada')
    const [comment] = opened.pull.comments
    const other = await openOne(world, 'ao/two')
    await world.github.person('Eve').comments(other.pull, comment?.body ?? '')
    await review(world, other, 'Ada', { head: opened.change.head })
    expect(other.pull.comments.map(({ author }) => author?.login)).toEqual(['Eve', 'ao-bot'])
  })

  test('an answer that was lost is found', async () => {
    const world = await start()
    const opened = await openOne(world)
    world.github.fails({ method: 'POST', path: /\/comments$/ }, { is: 'lost' }, 1)
    await review(world, opened, 'Ada')
    expect(opened.pull.comments).toHaveLength(1)
  })
})
