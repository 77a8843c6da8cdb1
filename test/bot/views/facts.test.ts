import { describe, expect, test } from 'vitest'
import { factWords, stillWanted } from '../../../bot/views/facts.ts'
import { effectWords } from '../../../bot/views/names.ts'
import type { Fact } from '../../../core/contracts/fact.ts'
import { live, seen, sessionOf } from '../sessions.ts'

describe('what happened, in words', () => {
  test.each<[number, number, string]>([
    [0, 0, '0 commits, 0 uncommitted files'],
    [1, 1, '1 commit, 1 uncommitted file'],
    [2, 3, '2 commits, 3 uncommitted files'],
  ])('%i and %i are counted as %s', (ahead, files, words) => {
    const dirty = Array.from({ length: files }, (_, index) => `${index}.ts`)
    expect(factWords({ type: 'work.seen', at: 0, work: { head: 'c0ffee', ahead, dirty } })).toBe(words)
  })

  test('one log and one thread are no logs and threads', () => {
    const thread = { id: 't', file: null, line: null, comments: [] }
    const found = { number: 7, head: 'c0ffee', failing: [{ name: 'lint', logTail: '' }], threads: [thread] }
    expect(factWords({ type: 'change.detailed', at: 0, key: 'k', found })).toBe('details of #7: 1 log, 1 thread')
  })

  test('effects and troubles have names of people, not ours', () => {
    expect(factWords({ type: 'people.called', at: 0, key: 'scm.push', of: 1 })).toBe('people were called: the push failed')
    expect(factWords({ type: 'people.called', at: 0, key: 'ci-failed', of: 1 })).toBe('people were called: checks are red')
    for (const [name, words] of Object.entries(effectWords)) expect(words, name).toMatch(/^[a-z][a-z ]+$/)
  })
})

describe('a vote in the chat', () => {
  const vote: Fact = { type: 'approval.given', at: 0, by: 'cyn', number: 7, base: 'main', head: 'c0ffee11', patchId: 'p1' }

  test('that the forge may not count says so, and where it can be given', () => {
    const [line] = stillWanted(vote, sessionOf([...live, seen({ review: 'pending', url: 'https://forge.example/7' })]))
    expect(line).toContain('The forge of #7 still wants an approving review')
    expect(line).toContain("is cyn's linked there")
    expect(line).toContain('somebody has to approve it there: https://forge.example/7')
  })

  test('says nothing of it where the forge wants none', () => {
    expect(stillWanted(vote, sessionOf([...live, seen()]))).toEqual([])
  })
})
