import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig } from '../../../core/config/load.ts'
import { createRegistry } from '../../../core/plugins/registry.ts'
import { defaultPlugins, plugins } from '../../../plugins/index.ts'
import { known } from './known.ts'

const environment = { MODEL_KEY: 'k-0123456789', BLANK: 'a b', ELSEWHERE: 'http://127.0.0.1:8080/v1' }
const read = (understand: string) => readConfig(`projects: {app: {path: /code/app, agent: codex}}\n${understand}`, environment, known)
const modelOf = (understand: string) => {
  const found = read(understand)
  return 'problems' in found ? found.problems : found.config.understand.model
}
const problemsOf = (understand: string): readonly string[] => {
  const found = read(understand)
  return 'problems' in found ? found.problems.map(({ where, what }) => `${where}: ${what}`) : []
}

test.each(['', 'understand:\n', 'understand: {}', 'understand:\n  model:\n'])('without a language model nobody is asked: %j', (text) => {
  expect(modelOf(text)).toBeNull()
})

test.each([
  ['openai', 'https://api.openai.com/v1'],
  ['anthropic', 'https://api.anthropic.com'],
])('%s is asked at its own address, and has three seconds', (kind, url) => {
  const text = `understand: {model: {kind: ${kind}, model: small, key: "\${MODEL_KEY}"}}`
  expect(modelOf(text)).toEqual({ kind, url, model: 'small', key: 'k-0123456789', timeoutMs: 3_000 })
})

test('another server may want no key, and all can be said', () => {
  const url = 'http://localhost:11434/v1'
  expect(modelOf(`understand: {model: {kind: openai, url: "${url}", model: small}}`)).toEqual({
    kind: 'openai',
    url,
    model: 'small',
    key: null,
    timeoutMs: 3_000,
  })
  expect(modelOf('understand: {model: {kind: anthropic, url: "${ELSEWHERE}", model: m, key: "${MODEL_KEY}", timeout: 800ms}}')).toEqual({
    kind: 'anthropic',
    url: environment.ELSEWHERE,
    model: 'm',
    key: 'k-0123456789',
    timeoutMs: 800,
  })
})

test('the key is a secret, and agents do not get its variable', () => {
  expect(read('understand: {model: {kind: openai, model: small, key: "${MODEL_KEY}"}}')).toMatchObject({
    secrets: ['k-0123456789'],
    secretNames: ['MODEL_KEY'],
  })
})

const literal = 'Write ${NAME} and put the key into the variable NAME, so that it is kept from agents and logs.'
test.each([
  [
    '{}',
    [
      'understand.model.kind: This is missing; write openai or anthropic.',
      'understand.model.model: This is missing; write the name of a model.',
      'understand.model.key: This is missing; write ${NAME} and put the key into the variable NAME, for example in .env.',
    ],
  ],
  ['{kind: openai, key: "${MODEL_KEY}"}', ['understand.model.model: This is missing; write the name of a model.']],
  ['{kind: opneai, model: m, key: "${MODEL_KEY}"}', ['understand.model.kind: There is no value "opneai". Did you mean "openai"?']],
  ['{kind: openai, model: m, key: k-0123456789}', [`understand.model.key: ${literal}`]],
  ['{kind: openai, model: m, key: "${NOBODY:-k-0123456789}"}', [`understand.model.key: ${literal}`]],
  ['{kind: openai, model: m, key: "${BLANK}"}', ['understand.model.key: A key has no blanks and no letters with accents.']],
  [
    '{kind: openai, model: m, key: "${NOBODY}"}',
    ['understand.model.key: The environment variable NOBODY is not set; set it, for example in .env, or write ${NOBODY:-default}.'],
  ],
  [
    '{kind: openai, model: m, url: "ftp://x"}',
    ['understand.model.url: Write an address that begins with https:// or http://. It is "ftp://x".'],
  ],
  [
    '{kind: openai, model: m, url: "https://ana:pw@x.example"}',
    ['understand.model.url: Write the address without a name, a password, "?" and "#".'],
  ],
  [
    '{kind: openai, model: m, url: "https://x.example/v1?key=1"}',
    ['understand.model.url: Write the address without a name, a password, "?" and "#".'],
  ],
  ['{kind: openai, model: m, url: "https://x.example", timeout: 10ms}', ['understand.model.timeout: Write at least 50ms.']],
  [
    '{kind: openai, model: m, url: "https://x.example", temperature: 1}',
    ['understand.model.temperature: There is no setting "temperature". Known: kind, url, model, key and timeout.'],
  ],
])('%s is refused, with all that is wrong and no key', (model, problems) => {
  expect(problemsOf(`understand: {model: ${model}}`)).toEqual(problems)
})

test('the samples in docs/language.md are valid', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/language.md'), 'utf8')
  const samples = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text)
  expect(samples).toHaveLength(2)
  for (const sample of samples) {
    const all = { ...known, plugins: createRegistry(plugins).schemas(), defaults: defaultPlugins }
    const found = readConfig(sample.replace(/^( *)# (\w+:.*)$/gm, '$1$2'), { AO_MODEL_KEY: 'k-0123456789' }, all)
    expect('problems' in found ? found.problems : found.config.understand.model?.timeoutMs).toBe(3_000)
  }
})
