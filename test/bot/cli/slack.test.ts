import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { manifestOf } from '../../../adapters/slack/manifest.ts'
import { type ManifestOptions, manifest } from '../../../bot/cli/slack.ts'

const given = { name: 'ao', command: '/ao' }
const print = async (options: ManifestOptions) => {
  const printed: string[] = []
  const hints: string[] = []
  const code = await manifest(options, { print: (text) => void printed.push(text), hint: (text) => void hints.push(text) })
  return { code, printed: printed.join('\n'), hints: hints.join('\n') }
}

test('the manifest is YAML that can be pasted, and where it goes is no part of it', async () => {
  const { code, printed, hints } = await print(given)
  expect(code).toBe(0)
  expect(parse(printed)).toEqual(manifestOf({ ...given, url: null }))
  expect(printed).not.toContain('api.slack.com')
  expect(hints).toContain('https://api.slack.com/apps')
})

test('or JSON, with the name, the command and the address that were given', async () => {
  const { printed } = await print({ name: 'Robo', command: '/robo', url: 'https://ao.example.com', json: true })
  expect(JSON.parse(printed)).toEqual(manifestOf({ name: 'Robo', command: '/robo', url: 'https://ao.example.com' }))
})

test('what Slack would refuse is not printed', async () => {
  await expect(print({ ...given, command: 'ao' })).rejects.toMatchObject({ code: 'MANIFEST_REFUSED' })
})
