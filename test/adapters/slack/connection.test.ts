import { describe, expect, test } from 'vitest'
import { placeAt } from '../../../adapters/slack/translate.ts'
import { drawnCard, eventually, fakeDoor, newly } from '../../contracts/adapter.ts'
import { begin, codeOf, ends, hears, home, isUp, makeSlack, opened, wordsIn } from './world.ts'

/** Until the clock, by which messages are told from older ones, has gone on. */
const later = async (): Promise<void> => {
  const before = Date.now()
  await eventually(Date.now, (now) => now > before + 2)
}

describe('the connection', () => {
  test.each([
    ['bot token', { botToken: 'xoxb-wrong' }],
    ['app-level token', { appToken: 'xapp-wrong' }],
  ])('a wrong %s is refused at the start', async (_, options) => {
    const { adapter, close, health } = await makeSlack({ options })
    ends(close)
    expect(await codeOf(adapter.start(fakeDoor()))).toBe('CHAT_REFUSED')
    expect(health()).toMatchObject({ state: 'down', detail: expect.stringContaining('invalid_auth') })
  })

  test('pitfall 14: a half-open connection is found, told and made anew, without waiting for the operating system', async () => {
    const world = await begin()
    world.slack.freeze()
    await eventually(
      () => world.healths.map(({ state }) => state),
      (states) => states.includes('down'),
      10_000,
    )
    await isUp(world)
    await world.slack.person('U0ANA').mentions('are you there?', home).delivered
    expect(wordsIn(world.door)).toContain('are you there?')
  })

  test('while Slack does not answer at all it stays down, and it comes back when Slack does', async () => {
    const world = await begin()
    world.slack.freeze(true)
    await eventually(
      () => world.health().state,
      (state) => state === 'down',
      10_000,
    )
    world.slack.thaw()
    world.slack.drop()
    await eventually(
      () => world.health().state,
      (state) => state === 'up',
      25_000,
    )
  }, 40_000)

  test('a warning makes a new connection before the old one ends; nothing is lost, and it never was down', async () => {
    const world = await begin()
    world.slack.refresh(400)
    await eventually(
      () => world.slack.connections(),
      (count) => count === 2,
    )
    const said = Array.from({ length: 20 }, (_, index) => world.slack.person('U0ANA').commands(`status ${index}`, 'C0HOME'))
    await Promise.all(said)
    await eventually(
      () => world.slack.connections(),
      (count) => count === 1,
    )
    await world.slack.person('U0ANA').commands('still there', 'C0HOME')
    expect(wordsIn(world.door)).toHaveLength(21)
    expect(world.healths.map(({ state }) => state)).not.toContain('down')
    expect(world.health().detail).toBeNull()
  })

  test('pitfall 20: another process with the same app token is noticed', async () => {
    const world = await begin()
    const other = await makeSlack({ options: { apiUrl: world.slack.apiUrl } })
    ends(other.close)
    ends(await other.adapter.start(fakeDoor()))
    expect(other.log.join('\n')).toContain('slack.shared {"connections":2}')
    expect(other.health()).toMatchObject({ state: 'up', detail: expect.stringContaining('another process') })
    expect(world.log.join('\n')).not.toContain('slack.shared')
  })

  test('what comes late and in another order has the ids and the times it always had', async () => {
    const { slack, door } = await begin()
    const ana = slack.person('U0ANA')
    slack.hold()
    const said = ['one', 'two', 'three'].map((text) => ana.says(text, { channel: 'D0ANA', thread: null }))
    slack.release('reversed')
    await Promise.all(said.map(({ delivered }) => delivered))
    expect(new Set(door.received.map(({ id }) => id))).toEqual(new Set(said.map(({ ts }) => `slack:D0ANA:${ts}`)))
    expect(
      door.received.toSorted((a, b) => a.at - b.at || a.id.localeCompare(b.id)).map(({ said: what }) => what.how === 'typed' && what.text),
    ).toEqual(['one', 'two', 'three'])
  })

  test('it can be stopped while Slack says nothing', async () => {
    const world = await begin()
    world.slack.freeze(true)
    await world.stop()
    expect(world.health().state).toBe('stopped')
  })

  test('stopping waits for what is on its way into the store, tells Slack of it, and takes nothing new', async () => {
    const world = await begin({ fake: { redeliverAfterMs: [] } })
    const ana = world.slack.person('U0ANA')
    let store: () => void = () => {}
    world.door.hold(new Promise((resolve) => (store = resolve)))
    const first = ana.says('before', { channel: 'D0ANA', thread: null })
    await eventually(
      () => world.door.arrivals(),
      (count) => count === 1,
    )
    let isStopped = false
    const stopped = world.stop().then(() => (isStopped = true))
    const second = ana.says('after', { channel: 'D0ANA', thread: null })
    await new Promise((resolve) => setTimeout(resolve, 100)) // time enough for a stop that does not wait
    expect(isStopped).toBe(false)
    store()
    await Promise.all([first.delivered, stopped])
    await expect(second.delivered).rejects.toThrow()
    expect(wordsIn(world.door)).toEqual(['before'])
  })

  test('what began a thread long ago is not heard again with what was said below it meanwhile', async () => {
    const { slack, adapter, close } = await makeSlack({ fake: { redeliverAfterMs: [] } })
    ends(close)
    const ana = slack.person('U0ANA')
    const { ts } = ana.mentions('fix #1', home)
    await later()
    const door = fakeDoor()
    const place = placeAt('C0HOME', ts)
    door.knows({ place: home, id: ts }, place)
    await later()
    ana.says('use zod', place)
    ends(await adapter.start(door))
    await hears(door, 'use zod')
    await door.settled('')
    expect(wordsIn(door)).toEqual(['use zod'])
  })

  test('pitfall 15: what was said in channels and threads meanwhile is fetched, by whom and in order, bots left out', async () => {
    const world = await begin({ fake: { redeliverAfterMs: [] } })
    const { place } = await opened(world)
    await world.stop()
    const ana = world.slack.person('U0ANA')
    for (let count = 0; count < 3; count += 1) ana.says(`word ${count}`, place)
    ana.says('lunch?', home)
    ana.mentions('fix #7', home)
    await world.adapter.post(place, drawnCard({ title: 'By the bot' }), newly())
    ends(await world.adapter.start(world.door))
    await hears(world.door, 'fix #7')
    expect(wordsIn(world.door)).toEqual(['word 0', 'word 1', 'word 2', 'fix #7'])
    expect(world.slack.complaints).toEqual([])
  })
})
