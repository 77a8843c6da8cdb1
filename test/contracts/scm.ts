import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Change } from '../../core/contracts/change.ts'
import type { ChangeRef, MergeOutcome, Project, Scm, UpdateOutcome, WorkspaceRef } from '../../core/contracts/plugins.ts'
import { isFault } from '../../core/kit/fault.ts'
import { openGit } from '../../core/kit/git.ts'
import { sleep } from '../../core/kit/time.ts'

type Comment = {
  readonly author: string
  readonly isBot: boolean
  readonly text: string
  readonly file: string | null
  readonly line: number | null
}

/** A forge with one project and everything people, bots and other machines do to it. `src/1.txt` … exist on the base branch. */
export type ScmWorld = {
  readonly scm: Scm
  readonly project: Project
  /** A new workspace on a new branch that starts at the base as it was when the world was made. */
  workspace(branch: string): Promise<WorkspaceRef>
  /** Commits files there, path → text, and gives the commit. */
  commit(workspace: WorkspaceRef, files: Readonly<Record<string, string>>): Promise<string>
  /** Pushes the way an agent does, past the scm; forced. */
  push(workspace: WorkspaceRef): Promise<void>
  /** Somebody else's commit on the base branch of the remote. */
  moveBase(files: Readonly<Record<string, string>>): Promise<string>
  /** Rebases the workspace onto the base branch of the remote; gives the new head. */
  rebase(workspace: WorkspaceRef): Promise<string>
  /** The commits of the remote's base branch, newest first: hash, subject, author, number of parents. */
  baseLog(): Promise<readonly { readonly commit: string; readonly subject: string; readonly author: string; readonly parents: number }[]>
  /** The branches of the remote. */
  branches(): Promise<readonly string[]>
  /** A check ends; also one that has ended before. `log` is what it printed. */
  endCheck(
    ref: ChangeRef,
    check: { readonly head: string; readonly name: string; readonly passes: boolean; readonly log: string },
  ): Promise<void>
  comment(ref: ChangeRef, comment: Comment): Promise<string>
  reply(ref: ChangeRef, thread: string, comment: Omit<Comment, 'file' | 'line'>): Promise<void>
  resolve(ref: ChangeRef, thread: string): Promise<void>
  draft(ref: ChangeRef, isDraft: boolean): Promise<void>
  close(): Promise<void>
}

/** What every scm must do. `make` gets the names of the checks that each commit has. */
export const scmContract = (name: string, make: (world: { readonly checks: readonly string[] }) => Promise<ScmWorld>): void => {
  describe(`${name} as an scm`, () => {
    let world: ScmWorld
    const { signal } = new AbortController()
    const start = async (checks: readonly string[] = []): Promise<void> => {
      world = await make({ checks })
    }
    afterEach(() => world.close())

    const open = async (branch = 'ao/one', files: Readonly<Record<string, string>> = { 'new.txt': 'new\n' }) => {
      const workspace = await world.workspace(branch)
      await world.commit(workspace, files)
      return { workspace, change: await openAgain(workspace) }
    }
    const openAgain = (workspace: WorkspaceRef, title = 'A new file'): Promise<Change> =>
      world.scm.open({ project: world.project, workspace, base: world.project.base, title, body: 'Because.' }, signal)
    const ref = (change: Change): ChangeRef => ({ project: world.project, number: change.number })
    const lookAll = (numbers: readonly number[]) =>
      world.scm.look(
        numbers.map((number) => ({ project: world.project, number, branch: '' })),
        signal,
      )
    const look = async (change: Change): Promise<Change> => {
      const [found] = await lookAll([change.number])
      if (found instanceof Error) throw found
      if (!found) throw new Error(`#${change.number} was not found`)
      return found
    }
    const until = async (change: Change, isSo: (change: Change) => boolean): Promise<Change> => {
      for (const giveUpAt = Date.now() + 10_000; ; await sleep(30)) {
        const now = await look(change)
        if (isSo(now)) return now
        if (Date.now() > giveUpAt) throw new Error(`#${change.number} never came to be so; it is ${JSON.stringify(now)}`)
      }
    }
    const merge = (change: Change, head = change.head, method: 'merge' | 'squash' | 'rebase' = 'squash'): Promise<MergeOutcome> =>
      world.scm.merge(ref(change), { head, base: 'main', method, title: 'A new file (#1)' }, signal)
    const review = (change: Change, by: string, verdict: 'approve' | 'request-changes', { head = change.head, text = '' } = {}) =>
      world.scm.review(ref(change), { by, verdict, head, text })

    describe('opening', () => {
      beforeEach(() => start())

      test('a new change shows its head, its base, no checks and no review', async () => {
        const workspace = await world.workspace('ao/one')
        const head = await world.commit(workspace, { 'new.txt': 'new\n' })
        const change = await openAgain(workspace)
        expect(change).toMatchObject({ title: 'A new file', branch: 'ao/one', base: 'main', head, state: 'open', isDraft: false })
        expect(change).toMatchObject({ conflict: 'none', conflictFiles: [], isBehind: false, checks: 'none', failing: [] })
        expect(change).toMatchObject({ review: 'none', openThreads: { people: 0, bots: 0 }, mergeCommit: null })
        expect(change).toMatchObject({ optional: [], lastSaid: { people: 0, bots: 0 }, mustBeUpToDate: false, queued: null })
        expect(change.baseHead).toBe(workspace.baseCommit)
        expect(change.patchId).toMatch(/^[0-9a-f]{40,}$/)
        expect(await look(change)).toEqual(change)
      })

      test('opening twice finds the first', async () => {
        const { workspace, change } = await open()
        expect(await openAgain(workspace, 'Another title')).toEqual(change)
      })

      test('two openings at once are one change', async () => {
        const workspace = await world.workspace('ao/one')
        await world.commit(workspace, { 'new.txt': 'new\n' })
        const [one, other] = await Promise.all([openAgain(workspace), openAgain(workspace)])
        expect(one.number).toBe(other.number)
      })

      test('a change is found by its head branch, and a branch without one has none', async () => {
        const { change } = await open()
        const items = ['ao/one', 'ao/none'].map((branch) => ({ project: world.project, number: null, branch }))
        expect(await world.scm.look(items, signal)).toEqual([change, null])
      })

      test('pushing twice is fine and moves the head', async () => {
        const { workspace, change } = await open()
        const head = await world.commit(workspace, { 'more.txt': 'more\n' })
        await world.scm.push({ project: world.project, workspace }, signal)
        await world.scm.push({ project: world.project, workspace }, signal)
        expect((await look(change)).head).toBe(head)
      })

      test('a remote branch that has moved is never overwritten', async () => {
        const { workspace, change } = await open()
        const other = await world.commit(workspace, { 'their.txt': 'theirs\n' })
        await world.push(workspace)
        const fork = await world.workspace('ao/fork')
        await world.commit(fork, { 'mine.txt': 'mine\n' })
        const refused = await world.scm
          .push({ project: world.project, workspace: { ...fork, branch: 'ao/one' } }, signal)
          .catch((error) => error)
        expect(isFault(refused, 'PUSH_REFUSED')).toBe(true)
        expect((await look(change)).head).toBe(other)
      })

      test('a title cannot carry control characters', async () => {
        const workspace = await world.workspace('ao/one')
        await world.commit(workspace, { 'new.txt': 'new\n' })
        expect((await openAgain(workspace, 'red \u001b[31malert\u0007\nsecond line')).title).toBe('red alert')
      })
    })

    describe('looking', () => {
      beforeEach(() => start())

      test('nothing is asked, nothing is answered', async () => {
        expect(await world.scm.look([], signal)).toEqual([])
      })

      test('an item that cannot be read is an error in its place and spoils no other', async () => {
        const { change } = await open()
        const found = await lookAll([change.number, 4711, change.number])
        expect(found[0]).toEqual(change)
        expect(isFault(found[1], 'CHANGE_UNKNOWN')).toBe(true)
        expect(found[2]).toEqual(change)
      })

      test('a conflict is named with its files', async () => {
        const { change } = await open('ao/one', { 'src/1.txt': 'mine\n', 'src/2.txt': 'mine\n', 'new.txt': 'new\n' })
        await world.moveBase({ 'src/1.txt': 'theirs\n', 'src/2.txt': 'theirs\n' })
        expect(await until(change, ({ conflict }) => conflict === 'conflicting')).toMatchObject({
          conflictFiles: ['src/1.txt', 'src/2.txt'],
          isBehind: true,
        })
      })

      test('a base that moved elsewhere leaves the change behind and without a conflict', async () => {
        const { change } = await open()
        const baseHead = await world.moveBase({ 'other.txt': 'other\n' })
        const behind = { conflict: 'none', conflictFiles: [], head: change.head, baseHead }
        expect(await until(change, ({ isBehind }) => isBehind)).toMatchObject(behind)
      })

      test('the fingerprint outlives a rebase of the same diff and no other push', async () => {
        const { workspace, change } = await open('ao/one', { 'src/1.txt': 'mine\n' })
        await world.moveBase({ 'other.txt': 'other\n' })
        const rebased = await world.rebase(workspace)
        await world.push(workspace)
        const after = await until(change, ({ head }) => head === rebased)
        expect(after).toMatchObject({ patchId: change.patchId, isBehind: false })
        await world.commit(workspace, { 'src/1.txt': 'mine\nand more\n' })
        await world.push(workspace)
        expect((await until(change, ({ head }) => head !== rebased)).patchId).not.toBe(change.patchId)
      })

      test('a change of white space alone has another fingerprint', async () => {
        const { workspace, change } = await open('ao/one', { 'run.py': 'if a:\n    b()\n    c()\n' })
        await world.commit(workspace, { 'run.py': 'if a:\n    b()\nc()\n' })
        await world.push(workspace)
        expect((await until(change, ({ head }) => head !== change.head)).patchId).not.toBe(change.patchId)
      })

      test('an aborted look throws the reason', async () => {
        const { change } = await open()
        const stopped = new AbortController()
        stopped.abort(new Error('enough'))
        const items = [{ project: world.project, number: change.number, branch: '' }]
        await expect(world.scm.look(items, stopped.signal)).rejects.toThrow('enough')
      })
    })

    describe('checks', () => {
      beforeEach(() => start(['lint', 'test']))
      const end = (change: Change, check: string, passes: boolean, { head = change.head, log = '' } = {}) =>
        world.endCheck(ref(change), { head, name: check, passes, log })

      test('they are pending until all have ended, then they pass', async () => {
        const { change } = await open()
        expect((await look(change)).checks).toBe('pending')
        await end(change, 'lint', true)
        await end(change, 'test', true)
        expect((await until(change, ({ checks }) => checks !== 'pending')).checks).toBe('passing')
      })

      test('failing ones are named, with the end of their logs in the details', async () => {
        const { change } = await open()
        await end(change, 'lint', true)
        await end(change, 'test', false, { log: 'expected 1, got \u001b[31m2\u001b[0m' })
        expect(await until(change, ({ checks }) => checks === 'failing')).toMatchObject({ failing: ['test'] })
        const details = await world.scm.details(ref(change), change.head, signal)
        expect(details?.failing.map((one) => one.name)).toEqual(['test'])
        expect(details?.failing[0]?.logTail).toContain('expected 1, got 2')
      })

      test('the details carry every failing check with its log', async () => {
        const { change } = await open()
        await end(change, 'lint', false, { log: 'a space too many' })
        await end(change, 'test', false, { log: 'expected 1, got 2' })
        await until(change, ({ failing }) => failing.length === 2)
        const failing = (await world.scm.details(ref(change), change.head, signal))?.failing ?? []
        const logs = Object.fromEntries(failing.map(({ name, logTail }) => [name, logTail]))
        expect(logs).toEqual({ lint: expect.stringContaining('a space too many'), test: expect.stringContaining('expected 1, got 2') })
      })

      test('a check that flaps is shown as it is now', async () => {
        const { change } = await open()
        await end(change, 'lint', true)
        for (const passes of [false, true, false]) {
          await end(change, 'test', passes)
          await until(change, ({ checks }) => checks === (passes ? 'passing' : 'failing'))
        }
      })

      test('a new head has checks of its own, and details of the old one are gone', async () => {
        const { workspace, change } = await open()
        await end(change, 'lint', false)
        await end(change, 'test', false)
        await until(change, ({ checks }) => checks === 'failing')
        await world.commit(workspace, { 'fix.txt': 'fix\n' })
        await world.push(workspace)
        expect(await until(change, ({ head }) => head !== change.head)).toMatchObject({ checks: 'pending', failing: [] })
        expect(await world.scm.details(ref(change), change.head, signal)).toBeNull()
      })
    })

    describe('reviews', () => {
      beforeEach(() => start())

      test('an approval stands for the commit it was given to', async () => {
        const { workspace, change } = await open()
        await review(change, 'Ben', 'approve')
        expect((await look(change)).review).toBe('approved')
        await world.commit(workspace, { 'more.txt': 'more\n' })
        await world.push(workspace)
        expect((await until(change, ({ head }) => head !== change.head)).review).toBe('none')
      })

      test('a request for changes is a thread, stands through pushes, and ends with the approval of whoever made it', async () => {
        const { workspace, change } = await open()
        await review(change, 'Ben', 'request-changes', { text: 'The name is wrong.' })
        await review(change, 'Cem', 'approve')
        expect(await look(change)).toMatchObject({ review: 'changes-requested', openThreads: { people: 1, bots: 0 } })
        expect((await world.scm.details(ref(change), change.head, signal))?.threads[0]?.comments).toEqual([
          { author: 'Ben', isBot: false, text: 'The name is wrong.' },
        ])
        const head = await world.commit(workspace, { 'fix.txt': 'fix\n' })
        await world.push(workspace)
        expect((await until(change, (now) => now.head === head)).review).toBe('changes-requested')
        await review(change, 'Ben', 'approve', { head })
        expect(await look(change)).toMatchObject({ review: 'approved', openThreads: { people: 0, bots: 0 } })
      })

      test('the same review twice is one', async () => {
        const { change } = await open()
        await review(change, 'Ben', 'request-changes', { text: 'The name is wrong.' })
        const once = await look(change)
        await review(change, 'Ben', 'request-changes', { text: 'The name is wrong.' })
        expect(await look(change)).toEqual(once)
        expect(once.openThreads.people).toBe(1)
      })

      test('threads come whole, with file, line and replies; those of bots are counted apart', async () => {
        const { change } = await open()
        const thread = { author: 'Ben', isBot: false, text: 'Why?', file: 'new.txt', line: 1 }
        const id = await world.comment(ref(change), thread)
        await world.reply(ref(change), id, { author: 'Cem', isBot: false, text: 'I wonder, too.' })
        await world.comment(ref(change), { author: 'bugs', isBot: true, text: 'A bug.', file: 'new.txt', line: 1 })
        expect((await look(change)).openThreads).toEqual({ people: 1, bots: 1 })
        const details = await world.scm.details(ref(change), change.head, signal)
        expect(details?.threads.map(({ file, line, comments }) => ({ file, line, comments }))).toEqual([
          {
            file: 'new.txt',
            line: 1,
            comments: [
              { author: 'Ben', isBot: false, text: 'Why?' },
              { author: 'Cem', isBot: false, text: 'I wonder, too.' },
            ],
          },
          { file: 'new.txt', line: 1, comments: [{ author: 'bugs', isBot: true, text: 'A bug.' }] },
        ])
      })

      test('resolved threads are neither counted nor told', async () => {
        const { change } = await open()
        const id = await world.comment(ref(change), { author: 'Ben', isBot: false, text: 'Why?', file: 'new.txt', line: 1 })
        await world.resolve(ref(change), id)
        expect((await look(change)).openThreads).toEqual({ people: 0, bots: 0 })
        expect((await world.scm.details(ref(change), change.head, signal))?.threads).toEqual([])
      })

      test('the details carry every open thread, oldest first, or say how many more there are', async () => {
        const { change } = await open()
        const words = Array.from({ length: 12 }, (_, n) => `Why ${n + 1}?`)
        for (const text of words) await world.comment(ref(change), { author: 'Ben', isBot: false, text, file: 'new.txt', line: 1 })
        await until(change, ({ openThreads }) => openThreads.people === words.length)
        const { threads = [], moreThreads = 0 } = (await world.scm.details(ref(change), change.head, signal)) ?? {}
        expect(threads.map(({ comments }) => comments[0]?.text)).toEqual(words.slice(0, words.length - moreThreads))
      })

      test('new words in an open thread are noticed, replies too, those of people and of bots apart', async () => {
        const { change } = await open()
        const id = await world.comment(ref(change), { author: 'Ben', isBot: false, text: 'Why?', file: 'new.txt', line: 1 })
        const asked = await until(change, ({ lastSaid }) => lastSaid.people > 0)
        expect(asked.lastSaid.bots).toBe(0)
        await world.reply(ref(change), id, { author: 'Cem', isBot: false, text: 'I wonder, too.' })
        const replied = await until(change, ({ lastSaid }) => lastSaid.people > asked.lastSaid.people)
        expect(replied).toMatchObject({ openThreads: asked.openThreads, lastSaid: { bots: 0 } })
        await world.reply(ref(change), id, { author: 'bugs', isBot: true, text: 'A bug.' })
        const answered = await until(change, ({ lastSaid }) => lastSaid.bots > 0)
        expect(answered.lastSaid.people).toBe(replied.lastSaid.people)
      })

      test('nothing but new words in an open thread passes for them', async () => {
        const { workspace, change } = await open()
        const comment = { author: 'Ben', isBot: false, text: 'Why?', file: 'new.txt', line: 1 }
        const id = await world.comment(ref(change), comment)
        const { lastSaid } = await until(change, ({ openThreads }) => openThreads.people === 1)
        await world.commit(workspace, { 'more.txt': 'more\n' })
        await world.push(workspace)
        await review(change, 'Cem', 'approve', { head: (await until(change, ({ head }) => head !== change.head)).head })
        await world.moveBase({ 'other.txt': 'other\n' })
        expect((await until(change, (now) => now.isBehind && now.review === 'approved')).lastSaid).toEqual(lastSaid)
        await world.resolve(ref(change), id)
        expect((await until(change, ({ openThreads }) => openThreads.people === 0)).lastSaid.people).toBeLessThanOrEqual(lastSaid.people)
        await world.reply(ref(change), id, { author: 'Ben', isBot: false, text: 'Thanks.' })
        expect((await look(change)).lastSaid.people).toBeLessThanOrEqual(lastSaid.people)
        await world.comment(ref(change), { ...comment, text: 'And this?' })
        expect((await until(change, ({ openThreads }) => openThreads.people === 1)).lastSaid.people).toBeGreaterThan(lastSaid.people)
      })
    })

    describe('merging', () => {
      beforeEach(() => start())

      test('a squash is one commit with our title', async () => {
        const { workspace, change } = await open()
        const head = await world.commit(workspace, { 'more.txt': 'more\n' })
        await world.scm.push({ project: world.project, workspace }, signal)
        const outcome = await merge(change, head)
        const [newest, before] = await world.baseLog()
        expect(outcome).toEqual({ merged: true, commit: newest?.commit })
        expect(newest).toMatchObject({ subject: 'A new file (#1)', parents: 1 })
        expect(before?.commit).toBe(workspace.baseCommit)
        expect(await look(change)).toMatchObject({ state: 'merged', head, mergeCommit: newest?.commit })
      })

      test('a merge has two parents', async () => {
        const { change } = await open()
        await world.moveBase({ 'other.txt': 'other\n' })
        expect((await merge(change, change.head, 'merge')).merged).toBe(true)
        expect((await world.baseLog())[0]).toMatchObject({ parents: 2 })
      })

      test('a rebase replays the commits and keeps their authors', async () => {
        const { workspace, change } = await open()
        const head = await world.commit(workspace, { 'src/1.txt': 'mine\n' })
        await world.push(workspace)
        const theirs = await world.moveBase({ 'other.txt': 'other\n' })
        await until(change, (now) => now.head === head && now.isBehind)
        const outcome = await merge(change, head, 'rebase')
        const log = await world.baseLog()
        expect(outcome).toEqual({ merged: true, commit: log[0]?.commit })
        expect(log.slice(0, 2).map(({ parents, author }) => ({ parents, author }))).toEqual([
          { parents: 1, author: 'Ada' },
          { parents: 1, author: 'Ada' },
        ])
        expect(log[2]?.commit).toBe(theirs)
      })

      test('merging twice is one merge with the same answer', async () => {
        const { change } = await open()
        const first = await merge(change)
        const log = await world.baseLog()
        expect(await merge(change)).toEqual(first)
        expect(await world.baseLog()).toEqual(log)
      })

      test('two merges at once are one', async () => {
        const { change, workspace } = await open()
        const [one, other] = await Promise.all([merge(change), merge(change)])
        expect(one.merged).toBe(true)
        expect(other).toEqual(one)
        expect((await world.baseLog())[1]?.commit).toBe(workspace.baseCommit)
      })

      test('a push between look and merge is refused with both commits, and the base stays', async () => {
        const { workspace, change } = await open()
        const head = await world.commit(workspace, { 'late.txt': 'late\n' })
        await world.push(workspace)
        const log = await world.baseLog()
        const outcome = await merge(change)
        expect(outcome).toMatchObject({ merged: false, why: 'head-moved' })
        expect(outcome.merged ? '' : outcome.says).toContain(change.head)
        expect(outcome.merged ? '' : outcome.says).toContain(head)
        expect(await world.baseLog()).toEqual(log)
      })

      test('a conflict, a draft and a closed change are refused, and the base stays', async () => {
        const { change: conflicting } = await open('ao/one', { 'src/1.txt': 'mine\n' })
        const { change: draft } = await open('ao/two', { 'two.txt': 'two\n' })
        const { change: closed } = await open('ao/three', { 'three.txt': 'three\n' })
        await world.moveBase({ 'src/1.txt': 'theirs\n' })
        await until(conflicting, ({ conflict }) => conflict === 'conflicting')
        await world.draft(ref(draft), true)
        await world.scm.close(ref(closed))
        const log = await world.baseLog()
        for (const method of ['merge', 'squash', 'rebase'] as const)
          expect(await merge(conflicting, conflicting.head, method)).toMatchObject({ merged: false, why: 'conflict' })
        expect(await merge(draft)).toMatchObject({ merged: false, why: 'draft' })
        expect(await merge(closed)).toMatchObject({ merged: false, why: 'closed' })
        expect(await world.baseLog()).toEqual(log)
        await world.draft(ref(draft), false)
        expect((await merge(draft)).merged).toBe(true)
      })

      test('a change merged at another commit is not merged at this one', async () => {
        const { change, workspace } = await open()
        expect((await merge(change)).merged).toBe(true)
        expect(await merge(change, workspace.baseCommit)).toMatchObject({ merged: false, why: 'head-moved' })
      })

      test('an aborted merge moves nothing and throws the reason', async () => {
        const { change } = await open()
        const stopped = new AbortController()
        stopped.abort(new Error('enough'))
        const log = await world.baseLog()
        const how = { head: change.head, base: 'main', method: 'squash', title: 'A new file' } as const
        await expect(world.scm.merge(ref(change), how, stopped.signal)).rejects.toThrow('enough')
        expect(await world.baseLog()).toEqual(log)
        expect((await look(change)).state).toBe('open')
      })
    })

    describe('bringing up to date', () => {
      beforeEach(() => start())
      const update = (change: Change, workspace: WorkspaceRef, head = change.head): Promise<UpdateOutcome> =>
        world.scm.update(ref(change), { head, workspace }, signal)
      /** A change and what its remote and its workspace are like, to be compared later. */
      const standing = async (change: Change, workspace: WorkspaceRef) => ({
        remote: (await look(change)).head,
        head: (await openGit(workspace.path).raw('rev-parse', 'HEAD')).trim(),
        status: await openGit(workspace.path).raw('status', '--porcelain'),
      })
      const openBehind = async () => {
        const opened = await open()
        await world.moveBase({ 'other.txt': 'other\n' })
        return { ...opened, change: await until(opened.change, ({ isBehind }) => isBehind) }
      }

      test('what is up to date says so with the same head', async () => {
        const { workspace, change } = await open()
        const before = await standing(change, workspace)
        expect(await update(change, workspace)).toEqual({ updated: true, head: change.head })
        expect(await standing(change, workspace)).toEqual(before)
      })

      test('what is behind gets the base, on the remote and in the workspace', async () => {
        const { workspace, change } = await openBehind()
        const outcome = await update(change, workspace)
        const head = outcome.updated ? outcome.head : outcome.says
        expect(head).not.toBe(change.head)
        expect(await until(change, (now) => now.head === head)).toMatchObject({ state: 'open', isBehind: false, conflict: 'none' })
        expect(await standing(change, workspace)).toEqual({ remote: head, head, status: '' })
        const files = (await openGit(workspace.path).raw('ls-tree', '--name-only', head)).split('\n')
        expect(files).toEqual(expect.arrayContaining(['new.txt', 'other.txt']))
      })

      test('the fingerprint of the change outlives it', async () => {
        const { workspace, change } = await openBehind()
        await update(change, workspace)
        expect((await until(change, ({ head }) => head !== change.head)).patchId).toBe(change.patchId)
      })

      test('twice is once, with the same answer', async () => {
        const { workspace, change } = await openBehind()
        const first = await update(change, workspace)
        const after = await standing(change, workspace)
        expect(first.updated).toBe(true)
        expect(await update(change, workspace)).toEqual(first)
        expect(await standing(change, workspace)).toEqual(after)
      })

      test('a conflict is refused, and remote and workspace are as before', async () => {
        const { workspace, change } = await open('ao/one', { 'src/1.txt': 'mine\n' })
        await world.moveBase({ 'src/1.txt': 'theirs\n' })
        await until(change, ({ conflict }) => conflict === 'conflicting')
        const before = await standing(change, workspace)
        expect(await update(change, workspace)).toMatchObject({ updated: false, why: 'conflict' })
        expect(await standing(change, workspace)).toEqual(before)
      })

      test.each([
        ['a changed file', 'src/1.txt', false],
        ['a file that git does not know', 'scratch.txt', false],
        ['a commit that is not on the remote', 'src/1.txt', true],
      ])('a workspace with %s is left alone', async (_, file, isCommitted) => {
        const { workspace, change } = await openBehind()
        if (isCommitted) await world.commit(workspace, { [file]: 'work\n' })
        else await writeFile(join(workspace.path, file), 'work\n')
        const before = await standing(change, workspace)
        expect(await update(change, workspace)).toMatchObject({ updated: false, why: 'busy' })
        expect(await standing(change, workspace)).toEqual(before)
      })

      test('a head that has moved is refused with both commits', async () => {
        const { workspace, change } = await openBehind()
        const head = await world.commit(workspace, { 'late.txt': 'late\n' })
        await world.push(workspace)
        await until(change, (now) => now.head === head)
        const before = await standing(change, workspace)
        const outcome = await update(change, workspace)
        expect(outcome).toMatchObject({ updated: false, why: 'head-moved' })
        expect(outcome.updated ? '' : outcome.says).toContain(change.head)
        expect(outcome.updated ? '' : outcome.says).toContain(head)
        expect(await standing(change, workspace)).toEqual(before)
      })

      test('a closed change stays as it is', async () => {
        const { workspace, change } = await openBehind()
        await world.scm.close(ref(change))
        const before = await standing(change, workspace)
        expect(await update(change, workspace)).toMatchObject({ updated: false, why: 'closed' })
        expect(await standing(change, workspace)).toEqual(before)
      })

      test('an aborted one moves nothing and throws the reason', async () => {
        const { workspace, change } = await openBehind()
        const before = await standing(change, workspace)
        const how = { head: change.head, workspace }
        await expect(world.scm.update(ref(change), how, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
        expect(await standing(change, workspace)).toEqual(before)
      })
    })

    describe('taking back', () => {
      beforeEach(() => start())
      const revert = (change: Change): Promise<Change> => world.scm.revert(ref(change), { by: 'Ben' }, signal)
      const onBase = async (file: string): Promise<string> => {
        const { project, scm } = world
        const commit = await scm.base({ project, base: project.base }, signal)
        return openGit(project.path).raw('show', `${commit}:${file}`)
      }

      test.each(['squash', 'merge', 'rebase'] as const)('a %s is taken back by a change of its own, and nothing else', async (method) => {
        const before = { first: await onBase('src/1.txt'), second: await onBase('src/2.txt') }
        const { workspace, change } = await open('ao/one', { 'src/1.txt': 'mine\n' })
        const head = await world.commit(workspace, { 'src/2.txt': 'mine\n' })
        await world.push(workspace)
        await world.moveBase({ 'other.txt': 'other\n' })
        await until(change, (now) => now.head === head && now.isBehind)
        expect((await merge(change, head, method)).merged).toBe(true)
        expect([await onBase('src/1.txt'), await onBase('src/2.txt')]).toEqual(['mine\n', 'mine\n'])
        await world.moveBase({ 'later.txt': 'later\n' })
        const taken = await revert(change)
        expect(taken).toMatchObject({ state: 'open', base: change.base, title: 'Revert "A new file"' })
        expect(taken.number).not.toBe(change.number)
        const ready = await until(taken, ({ conflict }) => conflict === 'none')
        expect((await merge(taken, ready.head)).merged).toBe(true)
        expect({ first: await onBase('src/1.txt'), second: await onBase('src/2.txt') }).toEqual(before)
        expect([await onBase('other.txt'), await onBase('later.txt')]).toEqual(['other\n', 'later\n'])
      })

      test('twice is one change', async () => {
        const { change } = await open()
        await merge(change)
        const first = await revert(change)
        expect((await revert(change)).number).toBe(first.number)
      })

      test('two at once are one change', async () => {
        const { change } = await open()
        await merge(change)
        const [one, other] = await Promise.all([revert(change), revert(change)])
        expect(other.number).toBe(one.number)
      })

      test('what is not merged is refused', async () => {
        const { change } = await open()
        const branches = await world.branches()
        await expect(revert(change)).rejects.toMatchObject({ code: 'NOT_REVERTIBLE' })
        await world.scm.close(ref(change))
        await expect(revert(change)).rejects.toMatchObject({ code: 'NOT_REVERTIBLE' })
        expect(await world.branches()).toEqual(branches)
      })

      test('what came later on the same lines makes it impossible, and that is said', async () => {
        const { change } = await open('ao/one', { 'src/1.txt': 'mine\n' })
        await merge(change)
        await world.moveBase({ 'src/1.txt': 'theirs\n' })
        await expect(revert(change)).rejects.toMatchObject({ code: 'NOT_REVERTIBLE' })
      })
    })

    describe('closing', () => {
      beforeEach(() => start())

      test('closing twice is fine, and a closed change keeps its head', async () => {
        const { change } = await open()
        await world.scm.close(ref(change))
        await world.scm.close(ref(change))
        expect(await look(change)).toMatchObject({ state: 'closed', head: change.head, mergeCommit: null })
      })

      test('a merged change stays merged', async () => {
        const { change } = await open()
        await merge(change)
        await world.scm.close(ref(change))
        expect((await look(change)).state).toBe('merged')
      })

      test('a new change from the same branch is another one', async () => {
        const { change, workspace } = await open()
        await world.scm.close(ref(change))
        const again = await openAgain(workspace)
        expect(again.number).not.toBe(change.number)
        expect(again.state).toBe('open')
        expect((await look(change)).state).toBe('closed')
      })
    })
  })
}
