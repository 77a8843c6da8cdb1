import { describe, expect, test } from 'vitest'
import { placeAt } from '../../../adapters/slack/translate.ts'
import { isFault } from '../../../core/kit/fault.ts'
import { drawnCard, fakeDoor, newly } from '../../contracts/adapter.ts'
import { slackRates } from '../../fakes/slack/rates.ts'
import { begin, codeOf, ends, home, makeSlack, opened } from './world.ts'

describe('what is posted', () => {
  test('pitfalls 51 and 52: pings nobody, neither new nor edited nor in private', async () => {
    const { slack, adapter, door } = await begin()
    const card = drawnCard({ title: '<!channel> <@U0ANA>', body: '<!here> https://evil.example', lines: ['@everyone'] })
    await adapter.edit(await adapter.post(home, card, newly()), card)
    await slack.person('U0ANA').commands('status', 'C0HOME')
    if (door.received[0]) await adapter.whisper?.(door.received[0], card)
    expect(slack.store.pings).toEqual([])
    expect(slack.complaints).toEqual([])
  })

  test.each(['losesAnswer', 'failsAfter'] as const)(
    'in a thread, when Slack %s, it is found by its id and its file is there once',
    async (trouble) => {
      const world = await begin()
      const { place } = await opened(world)
      const card = drawnCard({ kind: 'result', title: 'Done', blocks: [{ title: 'log', text: 'line\n'.repeat(500) }] })
      const sending = newly()
      world.slack[trouble]()
      expect(await codeOf(world.adapter.post(place, card, sending))).toBe('CHAT_UNCERTAIN')
      const ref = await world.adapter.post(place, card, { ...sending, isAgain: true })
      await world.adapter.post(place, card, { ...sending, isAgain: true })
      const seen = world.slack.sees(place)
      expect(seen.filter(({ text }) => text.includes('Done')).map(({ id }) => id)).toEqual([ref.id])
      expect(seen.flatMap(({ files }) => files)).toEqual(['log.txt'])
    },
  )

  test('an uncertain file is not sent twice', async () => {
    const { slack, adapter } = await begin()
    const card = drawnCard({ picture: { alt: 'a terminal', png: 'cG5n' } })
    const sending = newly()
    slack.losesAnswer('files.completeUploadExternal')
    expect(await codeOf(adapter.post(placeAt('C0HOME', null), card, sending))).toBe('CHAT_UNCERTAIN')
    const ref = await adapter.post(home, card, { ...sending, isAgain: true })
    const shown = slack.sees({ channel: 'C0HOME', thread: ref.id })
    expect(slack.sees(home)).toHaveLength(1)
    expect(shown.filter(({ hasPicture }) => hasPicture).length).toBeLessThanOrEqual(2)
  })

  test('a file that could not even be brought there leaves nothing behind, so it is certain', async () => {
    const { slack, adapter } = await begin()
    slack.failsAfter('files.getUploadURLExternal')
    expect(await codeOf(adapter.post(home, drawnCard({ picture: { alt: '', png: 'cG5n' } }), newly()))).toBe('CHAT_UNREACHABLE')
    expect(slack.sees(home)).toEqual([])
  })

  test('a bot that may not send files shows the card without', async () => {
    const { slack, adapter, log } = await begin()
    slack.refuses('missing_scope', 'files.getUploadURLExternal')
    await adapter.post(home, drawnCard({ title: 'Its terminal', picture: { alt: '', png: 'cG5n' } }), newly())
    expect(slack.sees(home)).toMatchObject([{ files: [] }])
    expect(log.join('\n')).toContain('missing_scope')
  })

  test('pitfall 16: once Slack has told that a thread is deleted, nothing is posted there at all', async () => {
    const world = await begin()
    const { place } = await opened(world)
    world.slack.deleteThread({ channel: 'C0HOME', thread: place.thread ?? '' })
    await world.slack.person('U0ANA').says('hello', { channel: 'D0ANA', thread: null }).delivered
    const before = world.slack.calls.length
    expect(await codeOf(world.adapter.post(place, drawnCard({}), newly()))).toBe('PLACE_GONE')
    expect(world.slack.calls).toHaveLength(before)
  })

  test('pitfall 16: a reply that Slack put at the top because its thread was deleted is taken away again', async () => {
    const world = await begin()
    const { place } = await opened(world)
    world.slack.deleteThread({ channel: 'C0HOME', thread: place.thread ?? '' }, false)
    const error = await world.adapter.post(place, drawnCard({ title: 'Astray' }), newly()).catch((thrown: unknown) => thrown)
    expect(isFault(error, 'PLACE_GONE') && error.facts.what).toBe('thread')
    expect(world.slack.sees(home)).toEqual([])
  })

  test.each([
    ['is_archived', 'PLACE_GONE'],
    ['not_in_channel', 'PLACE_GONE'],
    ['channel_not_found', 'PLACE_GONE'],
    ['thread_not_found', 'PLACE_GONE'],
    ['msg_too_long', 'CHAT_REFUSED'],
    ['invalid_blocks', 'CHAT_REFUSED'],
    ['token_revoked', 'CHAT_REFUSED'],
    ['ratelimited', 'CHAT_BUSY'],
    ['internal_error', 'CHAT_UNCERTAIN'],
    ['<html>a page of a proxy</html>', 'CHAT_UNCERTAIN'],
  ])('the answer %s is %s', async (answer, code) => {
    const { slack, adapter } = await begin()
    slack.refuses(answer)
    expect(await codeOf(adapter.post(home, drawnCard({}), newly()))).toBe(code)
  })

  test('pitfall 12: an edit that was too fast says that every channel has to wait, a post only its own', async () => {
    const { slack, adapter } = await begin()
    const ref = await adapter.post(home, drawnCard({}), newly())
    const factsOf = (work: Promise<unknown>) => work.catch((error: unknown) => (isFault(error, 'CHAT_BUSY') ? error.facts : error))
    slack.busy(2_000, 'chat.update')
    expect(await factsOf(adapter.edit(ref, drawnCard({ title: 'x' })))).toEqual({
      platform: 'slack',
      retryAfterMs: 2_000,
      isEverywhere: true,
    })
    slack.busy(3_000)
    expect(await factsOf(adapter.post(home, drawnCard({}), newly()))).toEqual({
      platform: 'slack',
      retryAfterMs: 3_000,
      isEverywhere: false,
    })
  })

  test('what certainly never left is CHAT_UNREACHABLE', async () => {
    const { adapter, close } = await makeSlack()
    await close()
    expect(await codeOf(adapter.post(home, drawnCard({}), newly()))).toBe('CHAT_UNREACHABLE')
    expect(await codeOf(adapter.start(fakeDoor()))).toBe('CHAT_UNREACHABLE')
  })

  test('its pace never goes beyond what Slack takes', () => {
    return makeSlack().then(async ({ adapter, close }) => {
      ends(close)
      const { posts } = adapter.limits.pace(home)
      const { edits } = adapter.limits.account
      expect(edits.burst + edits.perMinute).toBeLessThanOrEqual(slackRates['chat.update']?.atOnce ?? 0)
      expect(posts.burst).toBeLessThanOrEqual(slackRates['chat.postMessage']?.atOnce ?? 0)
      expect(posts.perMinute).toBeLessThanOrEqual(slackRates['chat.postMessage']?.perMinute ?? 0)
    })
  })
})
