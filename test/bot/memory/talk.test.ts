import { beforeEach, describe, expect, test } from 'vitest'
import type { Awaited } from '../../../bot/memory/awaiting.ts'
import { forEver } from '../../../bot/memory/heeding.ts'
import { createTalk, emptyTalk, type Offer, type Talk } from '../../../bot/memory/talk.ts'
import type { Documents } from '../../../core/contracts/store.ts'
import { openMemoryDocuments } from '../../../core/store/memory.ts'
import { channel, threadOf } from '../chat.ts'

let documents: Documents
let talk: Talk
const open = async (): Promise<Talk> => createTalk(await documents.open('talk', emptyTalk()))
beforeEach(async () => {
  documents = openMemoryDocuments()
  talk = await open()
})

const offer = (id: string, parts: Partial<Offer> = {}): Offer => ({
  id,
  say: 'merge app-3',
  tell: null,
  by: 'ada',
  place: channel,
  until: 10,
  about: null,
  sessions: 1,
  outcome: null,
  ...parts,
})
const other = { ...channel, channel: 'other' }

describe('an offer', () => {
  test('is known by the words that led to it, and is the last thing said to whoever said them', async () => {
    await talk.offered(offer('a'))
    expect([talk.offer('a'), talk.offerTo('ada', channel), talk.offerAt(channel)]).toEqual([offer('a'), offer('a'), offer('a')])
    expect(talk.open()).toEqual([offer('a')])
  })

  test('is nobody else’s, and nowhere else', async () => {
    await talk.offered(offer('a'))
    expect(talk.offerTo('bob', channel)).toBeNull()
    expect([talk.offerTo('ada', threadOf('app-3')), talk.offerTo('ada', other), talk.offerAt(other)]).toEqual([null, null, null])
    expect(talk.offerTo('ada', { ...channel, platform: 'other' })).toBeNull()
  })

  test('that is unknown is none, whatever its id is', () => {
    expect(['nothing', '', '__proto__', 'constructor'].map(talk.offer)).toEqual([null, null, null, null])
  })

  test('is no longer the last thing said once something else was, and is open still', async () => {
    await talk.offered(offer('a'))
    await talk.spoke('ada', channel, { session: null, at: 1 })
    expect([talk.offerTo('ada', channel), talk.offerAt(channel)]).toEqual([null, null])
    expect(talk.open()).toEqual([offer('a')])
  })

  test('is followed by the next one', async () => {
    await talk.offered(offer('a'))
    await talk.offered(offer('b'))
    await talk.offered(offer('c', { by: 'bob' }))
    expect([talk.offerTo('ada', channel)?.id, talk.offerAt(channel)?.id]).toEqual(['b', 'c'])
    expect(talk.open().map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })

  test('made twice is the one that was made first, and the last thing said again', async () => {
    await talk.offered(offer('a'))
    await talk.spoke('ada', channel, { session: null, at: 1 })
    await talk.offered(offer('a', { say: 'merge app-4' }))
    expect(talk.offerTo('ada', channel)).toEqual(offer('a'))
    await talk.settle('a', { is: 'taken', cause: 'yes' })
    await talk.offered(offer('a'))
    expect(talk.offer('a')?.outcome).toEqual({ is: 'taken', cause: 'yes' })
    expect(talk.open()).toEqual([])
  })
})

describe('how an offer comes out', () => {
  test.each(['taken', 'turned down'] as const)('%s stands, whoever comes after it', async (is) => {
    await talk.offered(offer('a'))
    const first = { is, cause: 'first' }
    expect(await talk.settle('a', first)).toEqual(first)
    expect(await talk.settle('a', { is: 'taken', cause: 'second' })).toEqual(first)
    expect(await talk.settle('a', { is: 'turned down', cause: 'third' })).toEqual(first)
    expect(await talk.settle('a', { is: 'lapsed', cause: null })).toEqual(first)
    expect(await talk.settle('a', first)).toEqual(first)
    expect([talk.open(), talk.offerTo('ada', channel), talk.offerAt(channel)]).toEqual([[], null, null])
  })

  test('that nobody answered in time gives way to an answer in time that is heard later, and to no late one', async () => {
    await talk.offered(offer('a'))
    const lapsed = { is: 'lapsed', cause: null } as const
    expect(await talk.settle('a', lapsed)).toEqual(lapsed)
    expect(talk.offerTo('ada', channel)?.outcome).toEqual(lapsed)
    expect([talk.open(), talk.offerAt(channel)]).toEqual([[], null])
    expect(await talk.settle('a', { is: 'lapsed', cause: 'late' })).toEqual(lapsed)
    expect(await talk.settle('a', { is: 'taken', cause: 'in time' })).toEqual({ is: 'taken', cause: 'in time' })
    expect(await talk.settle('a', { is: 'turned down', cause: 'in time, too' })).toEqual({ is: 'taken', cause: 'in time' })
  })

  test('too late by an answer is final', async () => {
    await talk.offered(offer('a'))
    await talk.settle('a', { is: 'lapsed', cause: 'late' })
    expect(await talk.settle('a', { is: 'taken', cause: 'later' })).toEqual({ is: 'lapsed', cause: 'late' })
    expect(talk.offerTo('ada', channel)).toBeNull()
  })

  test('is found again by what decided it', async () => {
    await talk.offered(offer('a'))
    await talk.offered(offer('b'))
    await talk.settle('a', { is: 'turned down', cause: 'no' })
    expect([talk.answeredBy('no')?.id, talk.answeredBy('a'), talk.answeredBy('')]).toEqual(['a', null, null])
  })

  test('of what is unknown is nothing', async () => {
    expect(await talk.settle('nothing', { is: 'taken', cause: 'x' })).toBeNull()
    expect(await talk.settle('__proto__', { is: 'taken', cause: 'x' })).toBeNull()
  })
})

describe('what somebody spoke of last', () => {
  test('is theirs, of that place, with its time', async () => {
    await talk.spoke('ada', channel, { session: 'app-3', at: 5 })
    expect(talk.spokenOf('ada', channel)).toEqual({ session: 'app-3', at: 5 })
    expect([talk.spokenOf('bob', channel), talk.spokenOf('ada', threadOf('app-3')), talk.spokenOf('ada', other)]).toEqual([
      null,
      null,
      null,
    ])
  })

  test('is the newest, and stays what it was while somebody speaks of none', async () => {
    await talk.spoke('ada', channel, { session: 'app-3', at: 5 })
    await talk.spoke('ada', channel, { session: 'app-4', at: 6 })
    await talk.spoke('ada', channel, { session: null, at: 7 })
    expect(talk.spokenOf('ada', channel)).toEqual({ session: 'app-4', at: 6 })
    await talk.offered(offer('a'))
    expect(talk.spokenOf('ada', channel)).toEqual({ session: 'app-4', at: 6 })
  })

  test('is nothing at first, nor after an offer about nothing', async () => {
    await talk.spoke('ada', channel, { session: null, at: 7 })
    await talk.offered(offer('a', { by: 'bob' }))
    expect([talk.spokenOf('ada', channel), talk.spokenOf('bob', channel)]).toEqual([null, null])
  })
})

test('a project is meant in a whole channel, threads included, and in no other', async () => {
  expect(talk.projectAt(channel)).toBeNull()
  await talk.use(threadOf('app-3'), 'api')
  expect([channel, threadOf('app-4'), other, { ...channel, platform: 'other' }].map(talk.projectAt)).toEqual(['api', 'api', null, null])
  await talk.use(channel, 'app')
  expect(talk.projectAt(threadOf('app-3'))).toBe('app')
})

test('everything is there again after a restart', async () => {
  await talk.offered(offer('a'))
  await talk.offered(offer('b', { by: 'bob' }))
  await talk.settle('b', { is: 'taken', cause: 'yes' })
  await talk.spoke('bob', channel, { session: 'app-3', at: 5 })
  await talk.use(channel, 'api')
  documents = await stored(documents)
  const again = await open()
  expect([again.offerTo('ada', channel), again.open(), again.answeredBy('yes')?.id, again.spokenOf('bob', channel)]).toEqual([
    offer('a'),
    [offer('a')],
    'b',
    { session: 'app-3', at: 5 },
  ])
  expect(again.projectAt(channel)).toBe('api')
})

/** The same documents, by way of the text that a file would hold. */
const stored = async (before: Documents): Promise<Documents> => {
  const text = JSON.stringify((await before.open('talk', emptyTalk())).value)
  const after = openMemoryDocuments()
  await after.open('talk', JSON.parse(text))
  return after
}

test('the oldest is forgotten, and what was renewed is not the oldest', async () => {
  for (let number = 1; number <= 301; number += 1) await talk.offered(offer(`o${number}`))
  expect([talk.offer('o1'), talk.offer('o2')?.id, talk.open().length]).toEqual([null, 'o2', 300])
  await talk.spoke('ada', channel, { session: 'app-1', at: 0 })
  for (let number = 2; number <= 1_000; number += 1) await talk.spoke(`p${number}`, channel, { session: 'app-1', at: number })
  await talk.spoke('ada', channel, { session: null, at: 0 })
  await talk.spoke('p1001', channel, { session: 'app-1', at: 0 })
  expect([talk.spokenOf('ada', channel), talk.spokenOf('p2', channel)]).toEqual([{ session: 'app-1', at: 0 }, null])
  for (let number = 1; number <= 501; number += 1) await talk.use({ ...channel, channel: `c${number}` }, 'app')
  expect(['c1', 'c2'].map((name) => talk.projectAt({ ...channel, channel: name }))).toEqual([null, 'app'])
})

describe('words that somebody was asked for', () => {
  const asked = (parts: Partial<Awaited> = {}): Awaited => ({
    id: 'press',
    say: 'reject app-3 {text}',
    label: 'What should change?',
    about: null,
    by: 'ada',
    place: threadOf('app-3'),
    until: 10,
    outcome: null,
    ...parts,
  })

  test('are theirs, in that place, one at a time', async () => {
    await talk.awaits(asked())
    expect(talk.awaitedOf('ada', threadOf('app-3'))).toEqual(asked())
    expect([talk.awaitedOf('bob', threadOf('app-3')), talk.awaitedOf('ada', channel)]).toEqual([null, null])
    await talk.awaits(asked({ id: 'next', say: 'answer app-3 {text}' }))
    expect(talk.awaitedOf('ada', threadOf('app-3'))?.id).toBe('next')
  })

  test('come out once', async () => {
    await talk.awaits(asked())
    await talk.ended(asked(), { is: 'filled', cause: 'words' })
    await talk.ended(asked(), { is: 'off', cause: 'no' })
    expect(talk.awaitedOf('ada', threadOf('app-3'))?.outcome).toEqual({ is: 'filled', cause: 'words' })
  })

  test('make the place one where all may be said to the bot, while there is time; so does an offer', async () => {
    expect(talk.isWaitingAt(threadOf('app-3'), 5)).toBe(false)
    await talk.awaits(asked())
    expect([5, 11].map((now) => talk.isWaitingAt(threadOf('app-3'), now))).toEqual([true, false])
    expect(talk.isWaitingAt(channel, 5)).toBe(false)
    await talk.offered(offer('a'))
    expect(talk.isWaitingAt(channel, 5)).toBe(true)
  })

  test('and a yes to an offer are never both waited for: what was asked last is', async () => {
    await talk.offered(offer('a', { place: threadOf('app-3') }))
    await talk.awaits(asked())
    expect([talk.offerTo('ada', threadOf('app-3')), talk.awaitedOf('ada', threadOf('app-3'))?.id]).toEqual([null, 'press'])
    await talk.offered(offer('b', { place: threadOf('app-3') }))
    expect([talk.offerTo('ada', threadOf('app-3'))?.id, talk.awaitedOf('ada', threadOf('app-3'))]).toEqual(['b', null])
  })
})

describe('what agents were told', () => {
  test('is known by the words that told it, with how they began', async () => {
    await talk.told('said-1', { session: 'app-3', by: 'ada', text: 'é'.repeat(300) })
    await talk.told('said-1', { session: 'app-4', by: 'ada', text: 'é'.repeat(300) })
    expect(talk.toldBy('said-1')).toEqual({ sessions: ['app-3', 'app-4'], by: 'ada', text: 'é'.repeat(200) })
    expect(['said-2', '__proto__', 'constructor'].map(talk.toldBy)).toEqual([null, null, null])
  })

  test('is nothing once it was taken back, or a thousand words later', async () => {
    await talk.told('said-1', { session: 'app-3', by: 'ada', text: 'x' })
    await talk.untold('said-1')
    expect(talk.toldBy('said-1')).toBeNull()
    for (let number = 1; number <= 1_001; number += 1) await talk.told(`n${number}`, { session: 'app-3', by: 'ada', text: 'x' })
    expect([talk.toldBy('n1'), talk.toldBy('n2')?.by]).toEqual([null, 'ada'])
  })
})

describe('who follows what', () => {
  test('is each place once', async () => {
    await talk.follow('app-3', channel)
    await talk.follow('app-3', other)
    await talk.follow('app-3', channel)
    expect(talk.followersOf('app-3')).toEqual([other, channel])
    await talk.unfollow('app-3', other)
    await talk.unfollow('app-3', other)
    await talk.unfollow('app-4', other)
    expect([talk.followersOf('app-3'), talk.followersOf('app-4'), talk.followersOf('__proto__')]).toEqual([[channel], [], []])
  })
})

describe('what is muted', () => {
  test('is a session in a channel with its threads, or all of the channel, until then', async () => {
    await talk.mute({ place: threadOf('app-3'), what: 'app-3' }, 10)
    expect(talk.mutedUntil(channel, 9, 'app-3')).toBe(10)
    expect([talk.mutedUntil(channel, 10, 'app-3'), talk.mutedUntil(channel, 9, 'app-4'), talk.mutedUntil(other, 9, 'app-3')]).toEqual([
      null,
      null,
      null,
    ])
    await talk.mute({ place: channel, what: null }, 20)
    expect(['app-3', 'app-4', ''].map((session) => talk.mutedUntil(threadOf('app-9'), 9, session))).toEqual([20, 20, 20])
    await talk.unmute({ place: channel, what: null })
    expect([talk.mutedUntil(channel, 9, 'app-3'), talk.mutedUntil(channel, 9)]).toEqual([10, null])
  })

  test('without an end is so for ever', async () => {
    await talk.mute({ place: channel, what: 'app-3' }, forEver)
    expect(talk.mutedUntil(channel, Date.UTC(3000, 0), 'app-3')).toBe(forEver)
  })
})

describe('the channel of a project', () => {
  test('is the newest where it is meant, on that platform; a private chat is none', async () => {
    await talk.use(channel, 'app')
    await talk.use(other, 'app')
    await talk.use({ ...other, channel: 'mine' }, 'app', { isPrivate: true })
    expect(talk.channelOf('chat', 'app')).toEqual(other)
    expect(talk.projectAt({ ...other, channel: 'mine' })).toBe('app')
    expect([talk.channelOf('chat', 'api'), talk.channelOf('other', 'app')]).toEqual([null, null])
  })
})

test('a channel that has another id keeps all that is remembered of it', async () => {
  const to = { ...channel, channel: 'moved' }
  const threadThere = { ...threadOf('app-3'), channel: 'moved' }
  await talk.offered(offer('a'))
  await talk.spoke('ada', threadOf('app-3'), { session: 'app-3', at: 5 })
  await talk.use(channel, 'api')
  await talk.follow('app-3', channel)
  await talk.mute({ place: channel, what: 'app-3' }, 10)
  await talk.awaits({ id: 'p', say: '{text}', label: 'x', about: null, by: 'bob', place: channel, until: 10, outcome: null })
  await talk.use(other, 'app')
  await talk.moved(channel, to)
  expect([talk.offerTo('ada', to)?.place, talk.spokenOf('ada', threadThere), talk.projectAt(to)]).toEqual([
    to,
    { session: 'app-3', at: 5 },
    'api',
  ])
  expect([talk.followersOf('app-3'), talk.mutedUntil(to, 5, 'app-3'), talk.awaitedOf('bob', to)?.place]).toEqual([[to], 10, to])
  expect([
    talk.offerTo('ada', channel),
    talk.projectAt(channel),
    talk.mutedUntil(channel, 5, 'app-3'),
    talk.awaitedOf('bob', channel),
  ]).toEqual([null, null, null, null])
  expect(talk.projectAt(other)).toBe('app')
})

test('what an older version kept is read', async () => {
  const old = openMemoryDocuments()
  await old.open('talk', { offers: {}, spoken: {}, projects: { 'chat\u0000main': 'api' } })
  const again = createTalk(await old.open('talk', emptyTalk()))
  await again.follow('app-3', channel)
  expect([again.projectAt(channel), again.followersOf('app-3')]).toEqual(['api', [channel]])
})
