import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../core/config/load.ts'
import { sayProblem } from '../../../core/config/problems.ts'
import { known } from './known.ts'

const read = (digests: string) =>
  readConfig(`projects: {app: {path: /a, agent: codex}}\nchats: {slack: {token: x}}\ndigests:\n  - ${digests}\n`, {}, known)
const problemOf = (digests: string): string => {
  const found = read(digests)
  return 'problems' in found ? found.problems.map(sayProblem).join('\n') : ''
}

describe('digests that the config names', () => {
  test('are a channel, a time, and perhaps a zone', () => {
    const found = read('{in: "slack:C1", at: "0  9 * * 1-5", zone: Europe/Berlin, always: true}')
    expect('config' in found && found.config.digests).toEqual([
      { platform: 'slack', channel: 'C1', cron: '0 9 * * 1-5', zone: 'Europe/Berlin', isAlways: true },
    ])
    const plain = read('{in: "console:main", at: "*/15 8-18/2 1,15 * 7"}')
    expect('config' in plain && plain.config.digests).toMatchObject([{ platform: 'console', channel: 'main', zone: null, isAlways: false }])
  })

  test.each([
    ['{in: "slack:C1", at: "9"}', 'digests.0.at (line 4): Write five fields of cron, in quotes'],
    ['{in: "slack:C1", at: "0 24 * * *"}', 'digests.0.at (line 4): Write five fields of cron'],
    ['{in: "slack:C1", at: "5-1 9 * * *"}', 'digests.0.at (line 4): Write five fields of cron'],
    ['{in: "slack:C1", at: "*/0 9 * * *"}', 'digests.0.at (line 4): Write five fields of cron'],
    ['{in: "slack:C1", at: 9}', 'digests.0.at (line 4): Write five fields of cron, like "0 9 * * 1-5".'],
    ['{in: "slack", at: "0 9 * * *"}', 'digests.0.in (line 4): Write the chat and the channel'],
    ['{in: "slak:C1", at: "0 9 * * *"}', 'digests.0.in (line 4): There is no chat "slak". Did you mean "slack"?'],
    ['{in: "slack:C1", at: "0 9 * * *", zone: Berlin}', 'digests.0.zone (line 4): There is no such time zone'],
    ['{at: "0 9 * * *"}', 'digests.0.in (line 4):'],
  ])('%s is told', (digests, says) => {
    expect(problemOf(digests)).toContain(says)
  })

  test('in a chat that is not set up nobody would read one', () => {
    const found = readConfig('projects: {app: {path: /a, agent: codex}}\ndigests: [{in: "slack:C1", at: "0 9 * * *"}]\n', {}, known)
    expect('problems' in found && found.problems.map(sayProblem)).toEqual([
      'digests.0.in (line 2): The bot is not in slack; set that up below "chats" first.',
    ])
  })
})
