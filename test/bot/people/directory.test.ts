import { expect, test } from 'vitest'
import { directory } from '../../../bot/people/directory.ts'
import { channel } from '../chat.ts'

const ada = { name: 'ada', roles: { '*': ['admin'] } } as const
const bob = { name: 'bob', roles: { '*': ['operator'] } } as const
const accounts = [
  { platform: 'chat', account: 'U1', person: ada },
  { platform: 'other', account: '7', person: ada },
]
const joined = (...links: readonly (readonly [platform: string, account: string, person: string])[]) => {
  const all = links.map(([platform, account, person]) => ({ platform, account, person }))
  return {
    links: () => all,
    personOf: ({ platform, account }: { readonly platform: string; readonly account: string }) =>
      all.find((one) => one.platform === platform && one.account === account)?.person ?? null,
  }
}
const by = (platform: string, account: string) => ({ place: { ...channel, platform }, account })
const { whoIs } = directory({ accounts })

test('one person may have several accounts', () => {
  expect(whoIs(by('chat', 'U1'))).toBe(ada)
  expect(whoIs(by('other', '7'))).toBe(ada)
})

test.each([
  ['chat', 'U2'],
  ['chat', 'u1'],
  ['other', 'U1'],
  ['chat', ''],
])('nobody is known as %s:%s', (platform, account) => {
  expect(() => whoIs(by(platform, account))).toThrow(
    expect.objectContaining({ code: 'PERSON_UNKNOWN', message: expect.stringContaining(`${platform}:${account}`) }),
  )
})

test('an account that was joined by a code is as good as one of the config', () => {
  const all = directory({ accounts, people: [ada, bob], links: joined(['chat', 'U2', 'bob'], ['other', '9', 'ada']) })
  expect(all.whoIs(by('chat', 'U2'))).toBe(bob)
  expect(all.accountsOf('ada')).toEqual([
    { platform: 'chat', account: 'U1' },
    { platform: 'other', account: '7' },
    { platform: 'other', account: '9' },
  ])
  expect(all.accountsOf('bob')).toEqual([{ platform: 'chat', account: 'U2' }])
})

test('what the config says of an account counts, whoever it was joined to', () => {
  const all = directory({ accounts, people: [ada, bob], links: joined(['chat', 'U1', 'bob']) })
  expect(all.whoIs(by('chat', 'U1'))).toBe(ada)
  expect(all.accountsOf('bob')).toEqual([])
})

test('who is not in the config any more is nobody, whatever was joined', () => {
  const all = directory({ accounts, people: [ada], links: joined(['chat', 'U2', 'bob']) })
  expect(() => all.whoIs(by('chat', 'U2'))).toThrow(expect.objectContaining({ code: 'PERSON_UNKNOWN' }))
  expect(all.accountsOf('bob')).toEqual([])
})
