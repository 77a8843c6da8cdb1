import { expect, test } from 'vitest'
import { directory } from '../../../bot/people/directory.ts'
import { channel } from '../chat.ts'

const ada = { name: 'ada', roles: { '*': ['admin'] } } as const
const whoIs = directory([
  { platform: 'chat', account: 'U1', person: ada },
  { platform: 'other', account: '7', person: ada },
])

test('one person may have several accounts', () => {
  expect(whoIs({ place: channel, account: 'U1' })).toBe(ada)
  expect(whoIs({ place: { ...channel, platform: 'other' }, account: '7' })).toBe(ada)
})

test.each([
  ['chat', 'U2'],
  ['chat', 'u1'],
  ['other', 'U1'],
  ['chat', ''],
])('nobody is known as %s:%s', (platform, account) => {
  expect(() => whoIs({ place: { ...channel, platform }, account })).toThrow(
    expect.objectContaining({ code: 'PERSON_UNKNOWN', message: expect.stringContaining(`${platform}:${account}`) }),
  )
})
