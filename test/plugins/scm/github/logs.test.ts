import { describe, expect, test } from 'vitest'
import { fault } from '../../../../plugins/github/faults.ts'
import type { SeenCheck } from '../../../../plugins/scm/github/checks.ts'
import { failureOf, type Jobs, leftOut, type Report, readLog } from '../../../../plugins/scm/github/logs.ts'

const limits = { lines: 40, bytes: 8192 }
const { signal } = new AbortController()
const at = '2026-05-04T12:00:00.1234567Z '

const log = [
  `\uFEFF${at}##[group]Run npm test`,
  `${at}npm test`,
  `${at}shell: /usr/bin/bash -e {0}`,
  `${at}##[endgroup]`,
  `${at}\u001b[31m✗\u001b[0m adds two numbers`,
  `${at}  expected 1, got \u001b[31m2\u001b[39m`,
  `${at}##[error]Process completed with exit code 1.`,
  `${at}##[group]Run actions/upload-artifact@v4`,
  `${at}nothing to upload`,
  `${at}Post job cleanup.`,
  `${at}[command]/usr/bin/git version`,
  `${at}Cleaning up orphan processes`,
].join('\n')

describe('the log of a job', () => {
  test('ends with its last error, without clocks, colours, marks and what came after', () => {
    expect(readLog(log, limits)).toBe(
      [
        'Run npm test',
        'npm test',
        'shell: /usr/bin/bash -e {0}',
        '✗ adds two numbers',
        '  expected 1, got 2',
        'Error: Process completed with exit code 1.',
      ].join('\n'),
    )
  })

  test('is kept to its lines and bytes, at the end', () => {
    expect(readLog(log, { lines: 2, bytes: 8192 })).toBe('  expected 1, got 2\nError: Process completed with exit code 1.')
    const long = `${`${'x'.repeat(100)}\n`.repeat(500)}##[error]the end`
    const kept = readLog(long, { lines: 1_000, bytes: 1_000 })
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(1_000)
    expect(kept.endsWith('Error: the end')).toBe(true)
  })

  test('without an error it is the end', () => {
    expect(readLog(`${at}one\n${at}two\n`, limits)).toBe('one\ntwo')
  })

  test('lines that belong to an error are kept with it', () => {
    expect(readLog(`${at}##[error]src/a.ts: wrong\n  expected 1\n  got 2\n##[group]Next\nmore`, limits)).toBe(
      'Error: src/a.ts: wrong\n  expected 1\n  got 2',
    )
  })
})

describe('what a failing check says', () => {
  const check: SeenCheck = {
    id: 'CR_1',
    kind: 'run',
    name: 'test',
    plainName: 'test',
    state: 'failing',
    isRequired: true,
    url: 'https://github.com/acme/shop/actions/runs/5/job/42',
    app: 'github-actions',
    description: null,
  }
  const nothing: Report = { title: null, summary: null, text: null, annotations: [] }
  /** `answers`: what each try for the log gives. */
  const say = async (one: Partial<SeenCheck>, { answers = [] as readonly (string | Error)[], report = nothing as Report | Error } = {}) => {
    const asked: unknown[] = []
    const tail = async (_: string, parameters: unknown) => {
      asked.push(parameters)
      const answer = answers[asked.length - 1] ?? new Error('nobody should ask')
      if (answer instanceof Error) throw answer
      return { text: answer, isCut: false }
    }
    const jobs: Jobs = { api: { tail }, owner: 'acme', repo: 'shop', limits, sleep: async () => {} }
    const words = await failureOf(
      { ...check, ...one },
      {
        jobs,
        report: async () => {
          if (report instanceof Error) throw report
          return report
        },
        signal,
      },
    )
    return { words, asked }
  }
  const refusal = { path: 'GET /x', status: 403, says: 'no' }

  test('is the end of its log, found by the number in its address', async () => {
    const { words, asked } = await say({}, { answers: [log] })
    expect(words).toContain('expected 1, got 2')
    expect(asked).toEqual([{ owner: 'acme', repo: 'shop', job_id: 42 }])
  })

  test('a log that could not be fetched at once is asked for once more', async () => {
    const down = fault('GITHUB_DOWN', { host: 'github.com', status: 502, says: 'Bad Gateway' })
    expect((await say({}, { answers: [down, log] })).words).toContain('expected 1, got 2')
    const { words, asked } = await say({}, { answers: [down, down] })
    expect(words).toContain('Bad Gateway')
    expect(words).toContain(check.url)
    expect(asked).toHaveLength(2)
  })

  test.each([
    ['GONE', 'has expired'],
    ['REPOSITORY_UNKNOWN', 'has no log of it'],
    ['REFUSED', 'could not be read'],
  ] as const)('a log that answers %s says so in words, with the address', async (code, part) => {
    const { words } = await say({}, { answers: [fault(code, refusal)] })
    expect(words).toContain(part)
    expect(words).toContain(check.url)
  })

  test('a token that may not read logs is told what it needs', async () => {
    const { words } = await say({}, { answers: [fault('FORBIDDEN', { ...refusal, needs: 'the permission actions=read' })] })
    expect(words).toContain('the permission actions=read')
  })

  test('a check of another app is what it reports: title, text, and annotations with their places', async () => {
    const report = { title: '2 problems', summary: 'Style\u001b[31m!', text: null, annotations: ['src/a.ts:3: too long'] }
    const { words, asked } = await say({ app: 'style-app', url: 'https://github.com/acme/shop/runs/9' }, { report })
    expect(words).toBe('2 problems\nStyle!\n\nsrc/a.ts:3: too long')
    expect(asked).toEqual([])
  })

  test('a check of Actions without a log is what it reports', async () => {
    const { words } = await say({}, { answers: [fault('REPOSITORY_UNKNOWN', refusal)], report: { ...nothing, title: 'by a script' } })
    expect(words).toBe('by a script')
  })

  test('a commit status is its description and its address', async () => {
    const { words } = await say({ kind: 'status', app: null, description: 'Build 7 failed', url: 'https://ci.example.org/7' })
    expect(words).toBe('Build 7 failed\nhttps://ci.example.org/7')
  })

  test('nothing at all is said to be nothing', async () => {
    expect((await say({ app: 'style-app' })).words).toBe(`Its app reports nothing.\n${check.url}`)
    expect((await say({}, { answers: [''] })).words).toBe(`Its log is empty.\n${check.url}`)
    expect((await say({ app: 'style-app' }, { report: new Error('broken') })).words).toContain('broken')
    expect(leftOut(check, 20)).toContain(check.url)
  })
})
