import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../core/contracts/agent.ts'
import type { Agent, AgentProfile } from '../../../core/contracts/plugins.ts'
import { agentContract } from '../../contracts/agent.ts'

/** A case as it lies in `test/fixtures/agents/<agent>/<case>/case.json`: which source is which file, and what is to be seen. */
type Case = {
  readonly source: string
  readonly documentation: string
  readonly what: string
  readonly sources: Readonly<Record<string, string>>
  readonly expect: Readonly<Record<string, unknown>> & { readonly class: string }
}

const fixtures = join(import.meta.dirname, '../../fixtures/agents')

/** The contract of all agents, and every documented case, read as the engine reads: once a source after the other, and once with their lines mixed. */
export const documentedCases = (name: string, agent: () => Agent, tells: AgentProfile['tells']): void => {
  const longest = join(fixtures, name, 'second-turn')
  const { sources } = JSON.parse(readFileSync(join(longest, 'case.json'), 'utf8')) as Case // our own fixture
  // Half a line of Markdown is a line, too; the reader gives whole ones.
  for (const [source, file] of Object.entries(sources).filter(([, path]) => !path.endsWith('.md'))) {
    const lines = readFileSync(join(longest, file), 'utf8').split('\n')
    agentContract(`${name}, read from its ${source}`, () => ({ agent: agent(), source, lines: lines.filter((line) => line !== '') }), tells)
  }
  describe.each(readdirSync(join(fixtures, name)))(`${name}, %s`, (folder) => {
    const at = join(fixtures, name, folder)
    const given = JSON.parse(readFileSync(join(at, 'case.json'), 'utf8')) as Case // our own fixture
    const { class: kind, ...parts } = given.expect

    test(given.what, () => {
      const seen = look(agent(), at, given.sources, 'in order')
      expect(seen).toMatchObject(parts)
      expect(classOf(seen)).toBe(kind)
      expect(given.source).toBe('documented')
      expect(given.documentation).toMatch(/^https:\/\//)
    })

    test('is seen the same in whatever order its files are read', () => {
      const { received, notes: _, ...seen } = look(agent(), at, given.sources, 'mixed')
      const { received: before, notes: __, ...inOrder } = look(agent(), at, given.sources, 'in order')
      expect(seen).toEqual(inOrder)
      expect([...received].sort()).toEqual([...before].sort())
    })
  })
}

/** What a picture means. */
export const classOf = ({ question, turnEnded, tool }: AgentPicture): string =>
  question?.kind === 'login' || question?.kind === 'limit' || question?.kind === 'trust'
    ? question.kind
    : question !== null
      ? `asks-${question.kind}`
      : turnEnded !== null
        ? 'turn-ended'
        : tool !== null
          ? 'tool'
          : 'working'

type Line = { readonly source: string; readonly text: string; readonly mark: number; readonly at: number }

const look = (agent: Agent, folder: string, sources: Case['sources'], order: 'in order' | 'mixed'): AgentPicture => {
  const files = Object.entries(sources).map(([source, file]) => linesOf(source, readFileSync(join(folder, file), 'utf8')))
  const lines = order === 'in order' ? files.flat() : mixed(files)
  const read = lines.reduce((picture, line) => agent.read(picture, line), unheard)
  const screen = join(folder, 'screen.txt')
  return existsSync(screen) && agent.see ? agent.see(read, readFileSync(screen, 'utf8'), readAt) : read
}

const readAt = 2_000_000_000_000

const linesOf = (source: string, text: string): readonly Line[] => {
  let mark = 0
  return text.split('\n').flatMap((line) => {
    const one = { source, text: line, mark, at: readAt }
    mark += Buffer.byteLength(line) + 1
    return line === '' ? [] : [one] // as the reader of the engine: an empty line is none
  })
}

/** A line of each in turn, the last file first. */
const mixed = (files: readonly (readonly Line[])[]): readonly Line[] =>
  Array.from({ length: Math.max(...files.map(({ length }) => length)) }, (_, row) =>
    [...files].reverse().flatMap((lines) => lines[row] ?? []),
  ).flat()
