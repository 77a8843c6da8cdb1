import { parseEnv } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { withSections } from '../../../bot/cli/dotenv.ts'

const slack = (bot: string, app: string) => ({ heading: 'Slack', values: { SLACK_BOT_TOKEN: bot, SLACK_APP_TOKEN: app } })

describe('a .env gets the names that it lacks', () => {
  test.each<[string, string, string]>([
    ['a new one', '', '# Slack\nSLACK_BOT_TOKEN=b\nSLACK_APP_TOKEN=a\n'],
    ['one with other names', 'A=1\n', 'A=1\n\n# Slack\nSLACK_BOT_TOKEN=b\nSLACK_APP_TOKEN=a\n'],
    ['one without a last newline', 'A=1', 'A=1\n\n# Slack\nSLACK_BOT_TOKEN=b\nSLACK_APP_TOKEN=a\n'],
    ['one that has a name with a value', 'SLACK_BOT_TOKEN=old\n', 'SLACK_BOT_TOKEN=old\n\n# Slack\nSLACK_APP_TOKEN=a\n'],
    ['one that has a name without a value', 'SLACK_BOT_TOKEN=\n', 'SLACK_BOT_TOKEN=b\n\n# Slack\nSLACK_APP_TOKEN=a\n'],
    ['one that quotes nothing', 'export SLACK_BOT_TOKEN=""\nSLACK_APP_TOKEN=x\n', 'export SLACK_BOT_TOKEN=b\nSLACK_APP_TOKEN=x\n'],
    [
      'one where a comment names it',
      '# SLACK_BOT_TOKEN=\nSLACK_APP_TOKEN=x',
      '# SLACK_BOT_TOKEN=\nSLACK_APP_TOKEN=x\n\n# Slack\nSLACK_BOT_TOKEN=b\n',
    ],
    ['one from Windows', 'SLACK_BOT_TOKEN=\r\nSLACK_APP_TOKEN=x\r\n', 'SLACK_BOT_TOKEN=b\r\nSLACK_APP_TOKEN=x\r\n'],
    ['one with both', 'SLACK_APP_TOKEN=x\nSLACK_BOT_TOKEN=y', 'SLACK_APP_TOKEN=x\nSLACK_BOT_TOKEN=y'],
  ])('%s', (_, before, after) => {
    expect(withSections(before, [slack('b', 'a')])).toBe(after)
  })

  test('an empty value never takes the place of another', () => {
    expect(withSections('SLACK_BOT_TOKEN=old\nSLACK_APP_TOKEN=\n', [slack('', '')])).toBe('SLACK_BOT_TOKEN=old\nSLACK_APP_TOKEN=\n')
  })

  test('a line that would hide the new names is told by its number, not by what it says', () => {
    expect(() => withSections('A=1\nhunter2\n', [slack('b', 'a')])).toThrow('line 2')
    expect(() => withSections('A=1\nhunter2\n', [slack('b', 'a')])).not.toThrow('hunter2')
    expect(() => withSections('A="open\n', [slack('b', 'a')])).not.toThrow()
  })

  const value = fc.stringMatching(/^[A-Za-z0-9:._-]{0,20}$/)
  const line = fc.oneof(
    fc.constantFrom('', '# a comment', 'SLACK_BOT_TOKEN=', 'SLACK_BOT_TOKEN=kept', ' SLACK_APP_TOKEN = ""', "OTHER='two words'"),
    value.map((text) => `X=${text}`),
  )

  test('no value that was there is lost, every new name is there afterwards, and doing it twice changes nothing', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), value, value, (lines, bot, app) => {
        const before = lines.join('\n')
        const after = withSections(before, [slack(bot, app)])
        const [was, is] = [parseEnv(before), parseEnv(after)]
        for (const [name, old] of Object.entries(was)) if (old) expect(is[name]).toBe(old)
        expect(is).toMatchObject({ SLACK_BOT_TOKEN: was.SLACK_BOT_TOKEN || bot, SLACK_APP_TOKEN: was.SLACK_APP_TOKEN || app })
        expect(withSections(after, [slack(bot, app)])).toBe(after)
      }),
    )
  })
})
