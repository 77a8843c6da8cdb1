import { expect, test } from 'vitest'
import { z } from 'zod'
import { githubFields, oneCredential, settle } from '../../../plugins/github/options.ts'
import { optionsOf, secret } from './answers.ts'

const shape = z.strictObject(githubFields).superRefine(oneCredential)
const mistakes = (written: unknown): readonly string[] =>
  (shape.safeParse(written).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)

const app = { id: 12, key: '~/app.pem' }

test.each([
  [{ token: secret }],
  [{ app }],
  [{ app: { ...app, key: '/etc/ao/app.pem', installation: 4 }, repository: 'acme/shop.js', protocol: 'ssh', timeout: '5s' }],
  [{ token: secret, apiUrl: 'http://127.0.0.1:4000/api/v3/' }],
  [{ token: secret, gitUrl: 'ssh://git@git.acme.example:7999' }],
])('%j is in order', (written) => {
  expect(mistakes(written)).toEqual([])
})

test.each([
  [{}, /^token: This is missing; write \$\{GITHUB_TOKEN\}/],
  [{ token: secret, app }, /^app: There is a token already/],
  [{ token: 'two words' }, /^token: A token has no spaces/],
  [{ app: { ...app, key: 'app.pem' } }, /^app\.key: Write the whole path/],
  [{ token: secret, repository: 'https://github.com/acme/shop' }, /^repository: Write the repository as owner\/name/],
  [{ token: secret, apiUrl: 'http://git.acme.example/api/v3' }, /^apiUrl: Write https:\/\/ instead/],
  [{ token: secret, apiUrl: 'ftp://git.acme.example' }, /^apiUrl: Write an address/],
  [{ token: secret, timeout: '20' }, /^timeout: must be a duration/],
  [{ token: secret, toke: 1 }, /toke/],
])('%j is told: %s', (written, says) => {
  expect(mistakes(written)).toHaveLength(1)
  expect(mistakes(written)[0]).toMatch(says)
})

test.each([
  ['https://api.github.com', 'https://api.github.com/graphql', 'https://github.com', 'github.com'],
  ['https://git.acme.example/api/v3/', 'https://git.acme.example/api/graphql', 'https://git.acme.example', 'git.acme.example'],
  ['https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql', 'https://acme.ghe.com', 'acme.ghe.com'],
  ['http://127.0.0.1:4000', 'http://127.0.0.1:4000/graphql', 'http://127.0.0.1:4000', '127.0.0.1:4000'],
])('with the API at %s GraphQL is at %s and repositories at %s', (apiUrl, graphqlUrl, gitUrl, host) => {
  expect(settle(optionsOf({ apiUrl, token: secret }))).toMatchObject({ graphqlUrl, gitUrl, host, timeoutMs: 20_000 })
})
