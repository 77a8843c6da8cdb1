import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { processRow } from '../kit/tree.ts'
import { codeOf, isMissing, makeFolder, openOnDisk, writeThrough } from './disk.ts'
import { fault } from './fault.ts'

/** Held until released, or until the process is gone. Releasing twice is fine. */
export type FolderLock = { release(): Promise<void> }

/**
 * Takes a folder for this process, or says who has it. A lock whose process is gone (or whose number belongs to a later
 * process) is taken over; of several that try, exactly one succeeds. Locks of another machine are never taken over.
 *
 * @throws {Fault} DATA_FOLDER_BUSY
 */
export const lockFolder = async (folder: string, { purpose }: { readonly purpose: string }): Promise<FolderLock> => {
  await makeFolder(folder)
  const self = await processRow(process.pid)
  const own: Holder = {
    id: randomUUID(),
    pid: process.pid,
    startedAt: self?.startedAt ?? '',
    host: hostname(),
    since: new Date().toISOString(),
    purpose,
  }
  const draft = join(folder, `lock.${own.id}.new`)
  await writeDraft(draft, own)
  try {
    while (!(await take(folder, draft))) {} // each round somebody else got on, so it ends
  } finally {
    await rm(draft, { force: true })
  }
  return { release: () => release(folder, own) }
}

/*
 * A dead holder cannot simply be replaced: between reading its lock and removing it another contender may have taken the
 * folder, and a live lock would be removed. So the successor of a lock is claimed under a name made from the lock's own id,
 * which exactly one link can get. Whoever has it moves itself to `lock`. If it dies before that, its claim is the lock that
 * counts, and may be succeeded in the same way.
 */
const take = async (folder: string, draft: string): Promise<boolean> => {
  const main = join(folder, lockName)
  if (await claim(draft, main)) return true
  const chain = await chainOf(folder)
  const last = chain.at(-1)
  if (chain[0] === undefined || last === undefined) return false
  if (!(await isGone(last))) throw busy(main, last)
  const successor = successorOf(folder, last)
  if (!(await claim(draft, successor))) return false
  if ((await readHolder(main))?.id !== chain[0].id) {
    // The chain was settled between our reading it and our claim, so the claim is on a lock that no longer counts.
    await rm(successor, { force: true })
    return false
  }
  await rename(draft, main)
  for (const each of chain.toReversed()) await rm(successorOf(folder, each), { force: true })
  return true
}

const release = async (folder: string, own: Holder): Promise<void> => {
  const main = join(folder, lockName)
  if ((await readHolder(main))?.id === own.id) await rm(main, { force: true })
}

const lockName = 'lock'
const successorOf = (folder: string, { id }: Holder): string => join(folder, `lock.after.${id}`)

const holderShape = z.object({
  id: z.uuid(),
  pid: z.int().positive(),
  startedAt: z.string(),
  host: z.string(),
  since: z.string(),
  purpose: z.string(),
})
type Holder = Readonly<z.infer<typeof holderShape>>

/** The lock and those that claimed to succeed it; the last one counts. */
const chainOf = async (folder: string): Promise<readonly Holder[]> => {
  const chain: Holder[] = []
  for (let at = await readHolder(join(folder, lockName)); at !== null; at = await readHolder(successorOf(folder, at))) chain.push(at)
  return chain
}

/** A lock file appears whole under its name: a link either makes it or finds one. */
const claim = async (draft: string, path: string): Promise<boolean> => {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

const writeDraft = async (path: string, holder: Holder): Promise<void> => {
  const file = await openOnDisk(path, 'w')
  try {
    await writeThrough(file, Buffer.from(`${JSON.stringify(holder)}\n`), { fsync: true })
  } finally {
    await file.close()
  }
}

const readHolder = async (path: string): Promise<Holder | null> => {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return null
    throw error
  })
  if (text === null) return null
  const found = holderShape.safeParse(parseOrNull(text))
  if (found.success) return found.data
  throw fault('DATA_FOLDER_BUSY', {
    file: path,
    holder: `somebody unknown: ${path} cannot be read`,
    cure: `See with "ao doctor" that no other bot runs, then delete ${path}.`,
  })
}

const parseOrNull = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return null // told by readHolder, which knows the file
  }
}

const isGone = async (holder: Holder): Promise<boolean> => {
  // Process numbers of another machine mean nothing here.
  if (holder.host !== hostname()) return false
  const row = await processRow(holder.pid)
  return row === null || row.isZombie || row.startedAt !== holder.startedAt
}

const busy = (file: string, { pid, host, since, purpose }: Holder) =>
  host === hostname()
    ? fault('DATA_FOLDER_BUSY', {
        file,
        holder: `process ${pid} (${purpose}) since ${since}`,
        cure: `Stop it with "kill ${pid}", or set AO_DATA to another folder.`,
      })
    : fault('DATA_FOLDER_BUSY', {
        file,
        holder: `process ${pid} on ${host} (${purpose}) since ${since}`,
        cure: `Stop it there, or delete ${file} if ${host} no longer exists.`,
      })
