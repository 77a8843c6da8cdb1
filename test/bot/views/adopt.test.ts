import { describe, expect, test } from 'vitest'
import { adoptCard } from '../../../bot/views/adopt.ts'
import type { Candidate } from '../../../core/contracts/adoption.ts'

const workspace = { path: '/home/ana/shop-fix', branch: 'login', baseCommit: 'b0', isForeign: true } as const
const can = (parts: Partial<Extract<Candidate, { refused: null }>> = {}): Candidate => ({
  ...{ host: 'local', terminal: 'fix', agent: 'codex', folder: workspace.path, project: 'shop', branch: 'login', code: 'K2ABCDEF' },
  ...{ isResting: true, isAlone: false, refused: null },
  adopts: { workspace, conversation: 'talk-1', process: { pid: 1, startedAt: '1' }, terminal: 'fix' },
  ...parts,
})
const cannot: Candidate = {
  ...{ host: 'local', terminal: 'other', agent: 'gemini', folder: '/tmp/x', project: null, branch: null },
  ...{ refused: 'works in a folder of no project', cure: 'Start it in one.' },
}
const ask = (all: readonly Candidate[], terminal: string | null = null, agent: string | null = null) =>
  adoptCard('in1', all, { terminal, agent, next: (project) => `${project}-7` })

describe('the card that asks', () => {
  test('says exactly what will happen, and does nothing but by its button', () => {
    const card = ask([can()], 'fix')
    expect(card.title).toBe('codex in tmux session "fix", /home/ana/shop-fix on branch login: shall I adopt it?')
    expect(card.lines).toEqual([
      'It is ended there and goes on here as shop-7 with the same conversation. Nothing in the folder is touched, now or later.',
      'It rests, so nothing is broken off.',
      'Nothing is done yet.',
    ])
    expect(card.actions).toEqual([{ label: 'Adopt it', say: 'adopt K2ABCDEF', isRisky: true }])
  })
  test('warns of what is lost: a turn, and a terminal that holds nothing else', () => {
    const { lines } = ask([can({ isResting: false, isAlone: true })], 'FIX')
    expect(lines.join(' ')).toContain('what it is doing now is broken off')
    expect(lines.join(' ')).toContain('opened with nothing else in it, and closes')
  })
  test('without a name it lists what there is, each with its button, or its reason and its cure', () => {
    const card = ask([can(), can({ terminal: 'next', isResting: false, code: 'M3ABCDEF' }), cannot])
    expect(card.lines).toEqual([
      'codex in tmux session "fix" · /home/ana/shop-fix on login, of shop · rests',
      'codex in tmux session "next" · /home/ana/shop-fix on login, of shop · works',
      'gemini in tmux session "other" · /tmp/x · cannot be adopted: it works in a folder of no project. Start it in one.',
    ])
    expect(card.actions.map(({ label }) => label)).toEqual(['Adopt fix', 'Adopt next'])
    expect(ask([can()]).actions, 'a button of a list asks first').toEqual([{ label: 'Adopt fix', say: 'adopt tmux fix', isRisky: false }])
  })
  test('says why not, and what helps', () => {
    expect(ask([cannot], 'other')).toMatchObject({
      title: 'gemini in tmux session "other" cannot be adopted: it works in a folder of no project.',
      lines: ['Start it in one.'],
      actions: [],
    })
  })
  test('two in one terminal session are two to choose from', () => {
    const two = [can({ terminal: 'fix:0.0' }), can({ terminal: 'fix:0.1', code: 'M3ABCDEF' })]
    expect(ask(two, 'fix').actions).toHaveLength(2)
    expect(ask(two, 'fix:0.1').actions).toMatchObject([{ say: 'adopt M3ABCDEF' }])
    expect(ask([can({ terminal: 'fix' }), can({ terminal: 'fixes' })], 'fix').title).toContain('shall I')
  })
  test('where there is nothing it says how there would be something', () => {
    expect(ask([]).lines.join()).toContain('tmux new -s fix')
    expect(ask([can()], 'nope')).toMatchObject({
      title: 'No agent that I know runs in a tmux session "nope".',
      lines: ['There is codex in tmux session "fix".'],
    })
    expect(ask([can()], 'fix', 'pi').title).toBe('No pi runs in a tmux session "fix".')
  })
})
