import { access, mkdir, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Host, Project } from '../../../core/contracts/plugins.ts'
import type { Document } from '../../../core/contracts/store.ts'
import { explain } from '../../../core/kit/fault.ts'
import { openGit } from '../../../core/kit/git.ts'
import { fault } from './faults.ts'
import { type ChangeRecord, emptyForge, type ForgeRecord } from './record.ts'
import { openRepository, type Repository } from './repository.ts'

/** What the forge of one project stands on: its document and its bare repository. */
export type Ground = {
  readonly project: Project
  readonly forge: () => ForgeRecord
  /** The bare repository, made on first use. @throws {Fault} REMOTE_UNUSABLE, REMOTE_BASE_UNKNOWN */
  readonly repository: () => Promise<Repository>
  /** Work that writes the repository or ends a change: one at a time. */
  readonly locked: <T>(work: (repository: Repository) => Promise<T>) => Promise<T>
  /** @throws {Fault} CHANGE_UNKNOWN */
  readonly change: (number: number) => ChangeRecord
  /** Replaces a change, resolves with the new one once it is on disk. Writes nothing when nothing is new. */
  readonly edit: (number: number, next: (change: ChangeRecord) => ChangeRecord) => Promise<ChangeRecord>
  readonly update: (change: (forge: ForgeRecord) => void) => Promise<void>
}

/** Opens the ground of a project; `remote` null means the default place. Touches no repository yet. */
export const openGround = async (host: Host, project: Project, remote: string | null): Promise<Ground> => {
  const document = await host.document(`scm-${project.name}`, emptyForge)
  const path = resolve(project.path, remote ?? join(await host.folder('remotes'), `${project.name}.git`))
  let opened: Promise<Repository> | null = null
  const repository = (): Promise<Repository> => {
    opened ??= host
      .lock(path, () => findOrMake(path, project, document))
      .catch((error) => {
        opened = null
        throw error
      })
    return opened
  }
  const change = (number: number): ChangeRecord => {
    const found = document.value.changes.find((one) => one.number === number)
    if (found) return found
    const known = document.value.changes.slice(-5).map((one) => one.number)
    throw fault('CHANGE_UNKNOWN', { project: project.name, number, known })
  }
  return {
    project,
    forge: () => document.value,
    repository,
    locked: async (work) => {
      const found = await repository()
      return host.lock(found.path, () => work(found))
    },
    change,
    edit: async (number, next) => {
      const now = change(number)
      if (next(now) === now) return now
      await document.update((forge) => {
        forge.changes = forge.changes.map((one) => (one.number === number ? next(one) : one))
      })
      return change(number)
    },
    update: (next) => document.update(next),
  }
}

const findOrMake = async (path: string, project: Project, document: Document<ForgeRecord>): Promise<Repository> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  )
  // What was there once and is gone is not made anew: every branch in it would look deleted, and every change closed.
  if (!isThere && document.value.isRemoteMade) throw fault('REMOTE_UNUSABLE', { path, reason: 'it was there before and is gone' })
  if (!isThere) await make(path, project)
  const found = await realpath(path)
  await verify(found)
  if (!document.value.isRemoteMade)
    await document.update((forge) => {
      forge.isRemoteMade = true
    })
  return openRepository(found)
}

/** Cloned beside its place and then moved there, so that a crash never leaves half a repository. */
const make = async (path: string, project: Project): Promise<void> => {
  const draft = join(dirname(path), `.${basename(path)}-${process.pid}`)
  try {
    await openGit(project.path).raw('show-ref', '--verify', '--quiet', `refs/heads/${project.base}`)
  } catch (error) {
    // It exits with 1 and says nothing when there is no such branch.
    if (explain(error) === '') throw fault('REMOTE_BASE_UNKNOWN', { base: project.base, path: project.path }, { cause: error })
    throw unmade(path, project, error)
  }
  try {
    await mkdir(dirname(path), { recursive: true })
    await rm(draft, { recursive: true, force: true })
    await openGit(project.path).raw('clone', '--quiet', '--bare', '--single-branch', '--branch', project.base, project.path, draft)
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw unmade(path, project, error)
  }
}

const unmade = (path: string, project: Project, error: unknown) =>
  fault('REMOTE_UNUSABLE', { path, reason: `it could not be made from ${project.path} (${firstLine(error)})` }, { cause: error })

const verify = async (path: string): Promise<void> => {
  try {
    const answer = await openGit(path, { env: { GIT_DIR: path } }).raw('rev-parse', '--is-bare-repository')
    if (answer.trim() === 'true') return
  } catch (error) {
    throw fault('REMOTE_UNUSABLE', { path, reason: `it is not a bare git repository (${firstLine(error)})` }, { cause: error })
  }
  throw fault('REMOTE_UNUSABLE', { path, reason: 'it is a git repository with a checkout, not a bare one' })
}

const firstLine = (error: unknown): string => explain(error).trim().split('\n', 1)[0]?.slice(0, 200) ?? ''
