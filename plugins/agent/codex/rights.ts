import { existsSync, rmSync } from 'node:fs'
import { z } from 'zod'
import { filesIn, textOf } from './files.ts'
import type { Followed, Thread } from './thread.ts'
import type { Line } from './wire.ts'

/**
 * A conversation that is taken up again keeps the rights it had, whatever its server was started with. So they are put right where this
 * start was given others.
 */
export const putRight = async (
  line: Line,
  { thread: { id }, approvalPolicy, sandbox }: Followed,
  wanted: { readonly approval: string; readonly sandbox: string; readonly folder: string },
): Promise<void> => {
  const sandboxPolicy =
    wanted.sandbox === 'danger-full-access'
      ? { type: 'dangerFullAccess' }
      : { type: 'workspaceWrite', writableRoots: [wanted.folder], networkAccess: false, excludeTmpdirEnvVar: false, excludeSlashTmp: false }
  if (approvalPolicy === wanted.approval && sandbox.type === sandboxPolicy.type) return
  await line.call('thread/settings/update', { threadId: id, approvalPolicy: wanted.approval, sandboxPolicy }, z.unknown())
}

/** First words that were held back until its rights were put right are said now: at most once, because a nudge is better than a repetition. */
export const sayHeld = async (line: Line, { id: threadId }: Thread, folder: string, socket: string): Promise<void> => {
  if (!existsSync(`${socket}.held`)) return
  rmSync(`${socket}.held`)
  const input = [{ type: 'text', text: textOf(filesIn(folder).prompt), text_elements: [] }]
  await line.call('turn/start', { threadId, input }, z.unknown())
}
