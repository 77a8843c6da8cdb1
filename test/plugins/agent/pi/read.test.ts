import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { type AgentPicture, unheard } from '../../../../core/contracts/agent.ts'
import { readReport } from '../../../../core/kit/mailbox.ts'
import { pi } from '../../../../plugins/agent/pi/index.ts'
import { makeHost } from '../../../fakes/host.ts'

const cases = fileURLToPath(new URL('../../../fixtures/agents/pi', import.meta.url))
const host = await makeHost()
const agent = await pi.create(pi.options.parse({}), host, { host: 'here', project: null })

type Line = { readonly source: string; readonly text: string; readonly mark: number; readonly at: number }

const linesOf = (folder: string, file: string, source: string): readonly Line[] => {
  if (!readdirSync(folder).includes(file)) return []
  let mark = 0
  return readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .map((text) => {
      const line = { source, text, mark, at: 4_000_000_000_000 }
      mark += Buffer.byteLength(text) + 1
      return line
    })
}
const fold = (lines: readonly Line[]): AgentPicture =>
  lines.reduce((picture, line) => (line.source === 'mailbox' ? readReport(picture, line) : null) ?? agent.read(picture, line), unheard)

describe.each(readdirSync(cases))('what was recorded of the real pi: %s', (name) => {
  const folder = join(cases, name)
  const { what, expect: expected } = JSON.parse(readFileSync(join(folder, 'case.json'), 'utf8'))
  const mailbox = linesOf(folder, 'mailbox.ndjson', 'mailbox')
  const conversation = linesOf(folder, 'transcript.jsonl', 'conversation')

  test(`reads as: ${what}`, () => {
    const { class: _class, ...parts } = expected
    expect(fold([...mailbox, ...conversation])).toMatchObject(parts)
  })

  test('gives the same picture whichever of its files is read first', () => {
    const woven = mailbox.flatMap((line, at) => [line, ...conversation.slice(at, at + 1)]).concat(conversation.slice(mailbox.length))
    expect(fold([...conversation, ...mailbox])).toEqual(fold([...mailbox, ...conversation]))
    expect(fold(woven)).toEqual(fold([...mailbox, ...conversation]))
  })
})
