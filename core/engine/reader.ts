import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type AgentPicture, unheard } from '../contracts/agent.ts'
import type { Agent, WorkspaceRef } from '../contracts/plugins.ts'
import { readReport } from '../kit/mailbox.ts'

/** Whose files to read. */
export type Listening = {
  readonly id: string
  readonly project: string
  readonly agent: string
  readonly workspace: WorkspaceRef
  readonly conversation: string | null
}

/** Follows what agents write. */
export type Reader = {
  /** What the agent does, from everything it has written until now; only new bytes are read. The same object when there was nothing new. */
  read(of: Listening): Promise<AgentPicture>
  /** The same with what its screen shows now, for an agent that is known by its screen. */
  see(of: Listening, screen: string): AgentPicture
  forget(id: string): void
}

type Followed = { offset: number; rest: Buffer }
type Heard = { picture: AgentPicture; readonly files: Map<string, Followed> }

/** At most so much of one file in one go, so that nobody's log holds up the others; the rest comes with the next look. */
const chunkBytes = 1024 * 1024

/**
 * A reader that keeps an offset for each file. A last line without its newline waits for the rest; a file that became shorter
 * was replaced and is read from its start.
 *
 * Reading is synchronous on purpose: a `stat` costs microseconds, and a round trip through the thread pool for each of 400
 * files at every look costs more than the reading.
 */
export const createReader = ({
  agentOf,
  folderOf,
  now,
}: {
  readonly agentOf: (project: string, name: string) => Agent
  readonly folderOf: (session: string) => string
  readonly now: () => number
}): Reader => {
  const heard = new Map<string, Heard>()

  const read = (of: Listening): AgentPicture => {
    const agent = agentOf(of.project, of.agent)
    const folder = folderOf(of.id)
    const known = heard.get(of.id) ?? { picture: unheard, files: new Map() }
    heard.set(of.id, known)
    const sources = [
      { name: 'mailbox', path: join(folder, 'mailbox.ndjson') },
      ...agent.sources({ session: of.id, folder, workspace: of.workspace, conversation: of.conversation }),
    ]
    for (const { name, path } of sources) {
      for (const { text, mark } of newLines(known.files, path)) {
        const line = { source: name, text, mark, at: now() }
        known.picture = (name === 'mailbox' ? readReport(known.picture, line) : null) ?? agent.read(known.picture, line)
      }
    }
    return known.picture
  }

  const see = (of: Listening, screen: string): AgentPicture => {
    const before = read(of)
    const picture = agentOf(of.project, of.agent).see?.(before, screen, now()) ?? before
    const known = heard.get(of.id)
    if (known) known.picture = picture
    return picture
  }

  return { read: async (of) => read(of), see, forget: (id) => void heard.delete(id) }
}

const newLines = (files: Map<string, Followed>, path: string): readonly { readonly text: string; readonly mark: number }[] => {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  const known = files.get(path)
  const file = known && known.offset <= size ? known : { offset: 0, rest: Buffer.alloc(0) }
  if (size === file.offset) return []
  files.set(path, file)
  const bytes = readAt(path, file.offset, Math.min(size - file.offset, chunkBytes))
  const all = Buffer.concat([file.rest, bytes])
  const start = file.offset - file.rest.length
  const lines: { text: string; mark: number }[] = []
  let from = 0
  for (let end = all.indexOf(10); end !== -1; end = all.indexOf(10, from)) {
    if (end > from) lines.push({ text: all.toString('utf8', from, end), mark: start + from })
    from = end + 1
  }
  file.offset += bytes.length
  file.rest = all.subarray(from)
  return lines
}

const readAt = (path: string, offset: number, length: number): Buffer => {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(length)
    return buffer.subarray(0, readSync(file, buffer, 0, length, offset))
  } finally {
    closeSync(file)
  }
}
