import { describe, expect, test } from 'vitest'
import { isOwnHost } from '../../../adapters/slack/client/files.ts'
import { placeAt } from '../../../adapters/slack/translate.ts'
import { placeKey } from '../../../bot/contracts/inbound.ts'
import { drawnCard, eventually, newly } from '../../contracts/adapter.ts'
import { begin, fullDisk, hears, home, opened, wordsIn } from './world.ts'

describe('in a channel', () => {
  test('pitfall 11: a mention that is told as two events, three times each, is one thing that was said', async () => {
    const { slack, door } = await begin()
    const { ts, delivered } = slack.person('U0ANA').says('<@U0BOT> fix #42', { channel: 'C0HOME', thread: null }, { deliveries: 3 })
    await delivered
    expect(door.received).toHaveLength(6)
    expect(new Set(door.received.map((inbound) => JSON.stringify(inbound))).size).toBe(1)
    expect(door.received[0]).toMatchObject({ id: `slack:C0HOME:${ts}`, place: placeAt('C0HOME', ts), said: { text: 'fix #42' } })
  })

  test('what people say to each other stays with them, and nobody’s name is looked up for it', async () => {
    const { slack, door } = await begin()
    const ana = slack.person('U0ANA')
    await ana.says('lunch, <@U0BOB>?', home).delivered
    await ana.mentions('status', home).delivered
    expect(new Set(wordsIn(door))).toEqual(new Set(['status']))
    expect(slack.calls.filter(({ method }) => method === 'users.info')).toEqual([])
  })

  test('other people are called by their names in what was said', async () => {
    const { slack, door } = await begin()
    slack.person('U0BOB', 'bob')
    await slack.person('U0ANA').mentions('ask <@U0BOB> and <@U0GONE>', home).delivered
    expect(wordsIn(door)[0]).toBe('ask @bob and @U0GONE')
  })

  test('a command is heard, and one that could not be kept is shown as failed', async () => {
    const { slack, door } = await begin({ fake: { ackWithinMs: 300 } })
    await slack.person('U0ANA').commands('fix #42', 'C0HOME')
    expect(door.received).toMatchObject([{ account: 'U0ANA', place: home, said: { how: 'typed', text: 'fix #42' } }])
    door.hold(fullDisk())
    await expect(slack.person('U0ANA').commands('fix #43', 'C0HOME')).rejects.toThrow('not acknowledged')
  })

  test('an event that could not be kept comes again until it was', async () => {
    const { slack, door } = await begin({ fake: { ackWithinMs: 200 } })
    door.hold(fullDisk())
    const { delivered } = slack.person('U0ANA').mentions('status', home)
    await eventually(
      () => slack.connections(),
      (count) => count === 1,
    )
    door.hold(Promise.resolve())
    await delivered
    await hears(door, 'status')
  })

  test('a stop sign on a card stops that session', async () => {
    const world = await begin()
    const { place, ref } = await opened(world)
    await world.slack.person('U0ANA').reacts('octagonal_sign', ref.id, 'C0HOME').delivered
    expect(world.door.received).toMatchObject([{ account: 'U0ANA', place, said: { how: 'typed', text: 'stop' } }])
  })

  test('pitfall 5: somebody of a connected workspace presses, with another team at the click than at the message', async () => {
    const world = await begin()
    const { place } = await opened(world)
    const far = world.slack.person('U0FAR', 'far', 'T9FAR')
    await far.says('looks good', place).delivered
    await world.adapter.post(place, drawnCard({ buttons: [{ id: 'b1', label: 'Merge', isRisky: false }] }), newly())
    await far.presses('Merge', place, { team: 'E9GRID' })
    expect(world.door.received.map(({ account, place: where }) => [account, placeKey(where)])).toEqual([
      ['U0FAR', placeKey(place)],
      ['U0FAR', placeKey(place)],
    ])
  })

  test('what was taken in gets a sign, once', async () => {
    const { slack, adapter, door } = await begin()
    const { ts } = slack.person('U0ANA').mentions('status', home)
    const [inbound] = await eventually(
      () => door.received,
      (all) => all.length > 0,
    )
    if (!inbound) throw new Error('Nothing came.')
    await adapter.mark?.(inbound)
    await adapter.mark?.(inbound)
    expect(slack.store.channels.get('C0HOME')?.messages.find((message) => message.ts === ts)?.reactions).toEqual(['eyes'])
  })

  test('whoever is not in the channel any more is told nothing, and it says so', async () => {
    const { slack, adapter, door } = await begin()
    await slack.person('U0ANA').commands('status', 'C0HOME')
    const [inbound] = door.received
    if (!inbound) throw new Error('Nothing came.')
    expect(await adapter.whisper?.(inbound, drawnCard({ title: 'Just you' }))).toBe(true)
    slack.kick('C0HOME')
    expect(await adapter.whisper?.(inbound, drawnCard({ title: 'Just you' }))).toBe(false)
    expect(slack.seesAlone('U0ANA')).toHaveLength(1)
  })
})

describe('files of people', () => {
  test.each([
    ['https://files.slack.com/files-pri/T1-F1/x.txt', 'https://slack.com/api/', true],
    ['https://slack.com/x', 'https://slack.com/api/', true],
    ['http://files.slack.com/x', 'https://slack.com/api/', false],
    ['https://files.slack.com:8443/x', 'https://slack.com/api/', false],
    ['https://evilslack.com/x', 'https://slack.com/api/', false],
    ['https://slack.com.evil.example/x', 'https://slack.com/api/', false],
    ['https://slack.com@evil.example/x', 'https://slack.com/api/', false],
    ['https://docs.google.com/x', 'https://slack.com/api/', false],
    ['http://127.0.0.1:9/x', 'http://127.0.0.1:9/api/', true],
    ['http://127.0.0.1:10/x', 'http://127.0.0.1:9/api/', false],
    ['https://files.slack.com/x', 'http://127.0.0.1:9/api/', false],
    ['nonsense', 'https://slack.com/api/', false],
  ])('the token for %s, with the API at %s: %s', (url, apiUrl, isSent) => {
    expect(isOwnHost(url, apiUrl)).toBe(isSent)
  })

  test('a file that is gone is refused', async () => {
    const { adapter } = await begin()
    await expect(adapter.fetch?.({ id: 'F404', name: 'gone.txt', sizeBytes: null, kind: 'file' }, 100)).rejects.toMatchObject({
      code: 'CHAT_REFUSED',
    })
  })

  test('a file that is larger than Slack said is not read to its end', async () => {
    const { slack, adapter, door } = await begin()
    await slack
      .person('U0ANA')
      .says('look', { channel: 'D0ANA', thread: null }, { files: [{ name: 'big.txt', bytes: Buffer.alloc(1_000) }] }).delivered
    const said = door.received[0]?.said
    const [file] = said?.how === 'typed' ? (said.files ?? []) : []
    if (!file) throw new Error('No file came.')
    await expect(adapter.fetch?.({ ...file, sizeBytes: null }, 999)).rejects.toMatchObject({ code: 'CHAT_REFUSED' })
    expect(await adapter.fetch?.({ ...file, sizeBytes: null }, 1_000)).toHaveLength(1_000)
  })

  test('a voice note is one', async () => {
    const { slack, door } = await begin()
    await slack
      .person('U0ANA')
      .says('', { channel: 'D0ANA', thread: null }, { files: [{ name: 'audio_message.webm', bytes: Buffer.from('sound'), isVoice: true }] })
      .delivered
    expect(door.received[0]?.said).toMatchObject({ files: [{ kind: 'voice', sizeBytes: 5 }] })
  })
})
