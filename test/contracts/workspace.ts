import { existsSync } from 'node:fs'
import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Host, Workspace } from '../../core/contracts/plugins.ts'
import { isFault } from '../../core/kit/fault.ts'
import { type FakeHost, makeHost } from '../fakes/host.ts'
import { makeRepo, type Repo } from '../fakes/repo.ts'

/** What a workspace under test is made with. */
export type WorkspaceSettings = { readonly link?: readonly string[]; readonly setup?: readonly string[]; readonly setupTimeout?: string }
export type MakeWorkspace = (settings: WorkspaceSettings, host: Host) => Workspace | Promise<Workspace>

/** What every workspace plugin must do. */
export const workspaceContract = (name: string, make: MakeWorkspace): void => {
  describe(`${name} is a workspace`, () => {
    let repo: Repo
    let host: FakeHost
    let workspace: Workspace
    const request = (session = 'shop-1') => ({
      session,
      project: repo.project,
      base: 'main',
      from: null as string | null,
      branch: `ao/${session}`,
    })
    const create = (session?: string) => workspace.create(request(session), new AbortController().signal)
    const shown = (ref: string | null, file: string) => repo.git(['show', `${ref}:${file}`])

    beforeEach(async () => {
      repo = await makeRepo({ remote: true })
      host = await makeHost()
      workspace = await make({}, host)
    })
    afterEach(async () => {
      await host.close()
      await repo.remove()
    })

    describe('create', () => {
      it('gives a folder of its own on a new branch, with the files of the base', async () => {
        const ref = await create()
        expect(ref).toMatchObject({ branch: 'ao/shop-1', baseCommit: await repo.git(['rev-parse', 'main']) })
        expect(await repo.git(['rev-parse', '--show-toplevel', '--symbolic-full-name', 'HEAD'], ref.path)).toBe(
          `${ref.path}\nrefs/heads/ao/shop-1`,
        )
        expect(await readFile(join(ref.path, 'src/1.txt'), 'utf8')).toBe('file 1, round 1\n')
        expect(ref.path).not.toBe(repo.path)
      })

      it('twice is once, work and base commit included', async () => {
        const first = await create()
        await repo.write({ 'new.txt': 'mine' }, first.path)
        await repo.commit('theirs', { 'other.txt': 'x' })
        expect(await create()).toEqual(first)
        expect(await readFile(join(first.path, 'new.txt'), 'utf8')).toBe('mine')
      })

      it('at the same time for one session is once, setup included', async () => {
        workspace = await make({ setup: ['echo ran >> ../ran; sleep 0.1'] }, host)
        const [first, second] = await Promise.all([create(), create()])
        expect(first).toEqual(second)
        expect(await readFile(join(first.path, '../ran'), 'utf8')).toBe('ran\n')
      })

      it('begins at the commit it is told, whatever the base branch of the project is', async () => {
        const older = await repo.git(['rev-parse', 'main'])
        await repo.commit('newer', { 'newer.txt': 'n' })
        const ref = await workspace.create({ ...request(), from: older }, new AbortController().signal)
        expect(ref.baseCommit).toBe(older)
        expect(await repo.git(['rev-parse', 'HEAD'], ref.path)).toBe(older)
      })

      it('pitfall 35: thirty at once all succeed, each on its branch', async () => {
        const refs = await Promise.all(Array.from({ length: 30 }, (_, n) => create(`shop-${n + 1}`)))
        expect(new Set(refs.map(({ path }) => path)).size).toBe(30)
        const branches = await Promise.all(refs.map(({ path }) => repo.git(['branch', '--show-current'], path)))
        expect(branches).toEqual(refs.map(({ branch }) => branch))
      }, 60_000)

      it('starts from the branch of the remote where there is no local one', async () => {
        const commit = await repo.commit('next', { 'next.txt': 'x' })
        await repo.git(['push', '--quiet', 'origin', 'HEAD:release'])
        const ref = await workspace.create({ ...request(), base: 'release' }, new AbortController().signal)
        expect(ref.baseCommit).toBe(commit)
        expect(existsSync(join(ref.path, 'next.txt'))).toBe(true)
      })

      it('goes on with a branch that is there without a workspace', async () => {
        const base = await repo.git(['rev-parse', 'HEAD'])
        await repo.git(['switch', '--quiet', '-c', 'ao/shop-1'])
        const own = await repo.commit('earlier work', { 'early.txt': 'x' })
        await repo.git(['switch', '--quiet', 'main'])
        const ref = await create()
        expect(ref.baseCommit).toBe(base)
        expect(await workspace.look(ref)).toMatchObject({ head: own, ahead: 1, dirty: [] })
      })

      it('keeps a folder that lies where the workspace goes', async () => {
        const { path } = await create()
        await workspace.remove({ path, branch: 'ao/shop-1', baseCommit: 'main' }, 'shop-1', repo.project)
        await repo.write({ 'left.txt': 'precious' }, path)
        expect((await create()).path).toBe(path)
        const aside = host.logged.find(({ event }) => event === 'workspace.moved-aside')?.fields.aside
        expect(await readFile(join(String(aside), 'left.txt'), 'utf8')).toBe('precious')
      })

      it('makes the workspace again whose folder has vanished', async () => {
        const first = await create()
        const own = await repo.commit('done', { 'done.txt': 'x' }, first.path)
        await repo.git(['push', '--quiet', 'origin', 'ao/shop-1'], first.path)
        await repo.git(['fetch', '--quiet', 'origin'])
        await rm(first.path, { recursive: true })
        const again = await create()
        expect(await workspace.look(again)).toEqual({ head: own, ahead: 1, dirty: [], changed: ['done.txt'] })
        expect(again.baseCommit).toBe(first.baseCommit)
      })

      it('pitfall 36: refuses to give a workspace that is on another branch', async () => {
        const ref = await create()
        await repo.git(['switch', '--quiet', '-c', 'elsewhere'], ref.path)
        await expect(create()).rejects.toMatchObject({ code: 'WORKSPACE_WRONG', hint: expect.stringContaining('switch ao/shop-1') })
      })

      it('stops when it is told to, with the reason', async () => {
        await expect(workspace.create(request(), AbortSignal.abort(new Error('not wanted any more')))).rejects.toThrow(
          'not wanted any more',
        )
      })
    })

    describe('says what is wrong with the project', () => {
      const refusal = async (change: Partial<{ path: string; base: string }>) => {
        const { base = 'main', path = repo.path } = change
        return workspace.create({ ...request(), base, project: { ...repo.project, path } }, new AbortController().signal).then(
          () => 'made',
          (error: unknown) => (isFault(error) ? error.code : error),
        )
      }

      it('no repository, or the inside of one, or no folder at all', async () => {
        await mkdir(join(repo.path, '..', 'plain'))
        expect(await refusal({ path: join(repo.path, '..', 'plain') })).toBe('NOT_A_REPOSITORY')
        expect(await refusal({ path: join(repo.path, 'src') })).toBe('NOT_A_REPOSITORY')
        expect(await refusal({ path: join(repo.path, 'nowhere') })).toBe('NOT_A_REPOSITORY')
      })

      it('no commit', async () => {
        const empty = await makeRepo({ commits: 0 })
        expect(await refusal({ path: empty.path })).toBe('NO_COMMITS')
        await empty.remove()
      })

      it('an unknown base, naming those it has', async () => {
        const failed = workspace.create({ ...request(), base: 'mian' }, new AbortController().signal)
        await expect(failed).rejects.toMatchObject({ code: 'BASE_UNKNOWN', hint: expect.stringContaining('main') })
      })
    })

    describe('links and setup', () => {
      it('links what the project shares; git neither shows nor adds it, and the links survive no removal', async () => {
        await repo.commit('ignore', { '.gitignore': 'node_modules/\n' })
        await repo.write({ 'node_modules/a/index.js': 'a', 'my env #1': 'SECRET=1' })
        workspace = await make({ link: ['node_modules', 'my env #1', 'absent', 'src/1.txt'] }, host)
        const ref = await create()
        expect(await readFile(join(ref.path, 'node_modules/a/index.js'), 'utf8')).toBe('a')
        expect(await readFile(join(ref.path, 'my env #1'), 'utf8')).toBe('SECRET=1')
        expect((await workspace.look(ref)).dirty).toEqual([])
        await repo.git(['add', '--all'], ref.path)
        expect(await repo.git(['status', '--porcelain'], ref.path)).toBe('')
        expect(await create()).toEqual(ref)
        expect(await workspace.remove(ref, 'shop-1', repo.project)).toEqual({ savedRef: null })
        expect(existsSync(join(repo.path, 'node_modules/a/index.js'))).toBe(true)
      })

      it('runs the setup once, in the workspace, with the session named and nothing of our environment', async () => {
        workspace = await make({ setup: ['echo "$AO_SESSION $PWD" >> ../ran', 'env | grep -c VITEST >> ../ran || true'] }, host)
        const ref = await create()
        await create()
        expect(await readFile(join(ref.path, '../ran'), 'utf8')).toBe(`shop-1 ${ref.path}\n0\n`)
      })

      it('tells the end of what a failed setup printed, and runs it again the next time', async () => {
        workspace = await make({ setup: ['echo again >> ../ran', 'seq 1 5000; echo "no such package" >&2; test -e ../cure'] }, host)
        const failed = create()
        await expect(failed).rejects.toMatchObject({ code: 'SETUP_FAILED', message: expect.stringContaining('no such package') })
        await expect(failed).rejects.toMatchObject({ message: expect.not.stringContaining('\n4000\n') })
        await writeFile(join(await host.folder('worktrees', 'shop'), 'cure'), '')
        const ref = await create()
        expect(await readFile(join(ref.path, '../ran'), 'utf8')).toBe('again\nagain\n')
      })

      it('ends a setup that takes too long', async () => {
        workspace = await make({ setup: ['echo thinking; sleep 60'], setupTimeout: '300ms' }, host)
        await expect(create()).rejects.toMatchObject({ code: 'SETUP_TIMED_OUT', message: expect.stringContaining('thinking') })
      })
    })

    describe('look, diff and unsaved', () => {
      it('see commits, changes, renames and untracked files, and stage nothing', async () => {
        const ref = await create()
        const head = await repo.commit('one', { 'a.txt': 'a\n' }, ref.path)
        await repo.git(['mv', 'src/2.txt', 'src/zwei.txt'], ref.path)
        await repo.write({ 'src/1.txt': 'changed\n', 'new\nline.txt': 'n\n' }, ref.path)
        const before = await readFile(await repo.git(['rev-parse', '--path-format=absolute', '--git-path', 'index'], ref.path))
        const picture = await workspace.look(ref)
        expect({ ...picture, dirty: [...picture.dirty].sort() }).toEqual({
          head,
          ahead: 1,
          dirty: ['new\nline.txt', 'src/1.txt', 'src/2.txt', 'src/zwei.txt'],
          changed: ['a.txt', 'new\nline.txt', 'src/1.txt', 'src/2.txt', 'src/zwei.txt'],
        })
        const { text, isCut, stat: summary } = await workspace.diff(ref, 100_000)
        expect(isCut).toBe(false)
        for (const part of ['+changed', '+a\n', 'rename to src/zwei.txt', '+n\n']) expect(text).toContain(part)
        expect(summary).toContain('4 files changed')
        expect(await workspace.unsaved(ref, repo.project)).toMatchObject({ commits: 1, dirty: expect.arrayContaining(['src/1.txt']) })
        expect(await readFile(await repo.git(['rev-parse', '--path-format=absolute', '--git-path', 'index'], ref.path))).toEqual(before)
      })

      it('shows at most fifty dirty paths', async () => {
        const ref = await create()
        await repo.write(Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`n${n}`, 'x'])), ref.path)
        expect((await workspace.look(ref)).dirty).toHaveLength(50)
      })

      it('tell all paths that differ from where it began, as they are at each look', async () => {
        const ref = await create()
        const changed = async () => (await workspace.look(ref)).changed
        expect(await changed()).toEqual([])
        await repo.write({ 'src/2.txt': 'changed\n', 'z.txt': 'z\n' }, ref.path)
        expect(await changed()).toEqual(['src/2.txt', 'z.txt'])
        await repo.commit('two', { 'ä ö.txt': 'a\n' }, ref.path)
        expect(await changed()).toEqual(['src/2.txt', 'z.txt', 'ä ö.txt'])
        await repo.write({ 'a.txt': 'a\n' }, ref.path)
        await repo.git(['rm', '--quiet', 'src/3.txt'], ref.path)
        expect(await changed()).toEqual(['a.txt', 'src/2.txt', 'src/3.txt', 'z.txt', 'ä ö.txt'])
        await repo.git(['reset', '--quiet', '--hard', 'main'], ref.path)
        expect(await changed()).toEqual(['a.txt'])
      })

      it('tell at most five hundred of them, the first by name', async () => {
        const ref = await create()
        const names = (letter: string) => Array.from({ length: 400 }, (_, n) => `${letter}${String(n).padStart(3, '0')}`)
        const files = (letter: string) => Object.fromEntries(names(letter).map((name) => [name, 'x']))
        await repo.commit('many', files('b'), ref.path)
        await repo.write(files('a'), ref.path)
        expect((await workspace.look(ref)).changed).toEqual([...names('a'), ...names('b').slice(0, 100)])
      })

      it('cuts a diff at a line, however large it is', async () => {
        const ref = await create()
        await repo.write({ 'big.txt': 'é23456789\n'.repeat(400_000) }, ref.path)
        const { text, isCut, stat: summary } = await workspace.diff(ref, 1_005)
        expect(isCut).toBe(true)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_005)
        expect(text.endsWith('+é23456789\n')).toBe(true)
        expect(summary).toContain('big.txt')
      })

      it('an untouched workspace has nothing to tell', async () => {
        const ref = await create()
        expect(await workspace.diff(ref, 1_000)).toEqual({ text: '', isCut: false, stat: '' })
        expect(await workspace.unsaved(ref, repo.project)).toEqual({ dirty: [], commits: 0 })
      })

      it('do not take what lies around for a workspace that has gone', async () => {
        const ref = { path: join(repo.path, 'src'), branch: 'ao/shop-1', baseCommit: 'main' }
        await expect(workspace.look(ref)).rejects.toMatchObject({ code: 'WORKSPACE_GONE' })
        await expect(workspace.diff(ref, 10)).rejects.toMatchObject({ code: 'WORKSPACE_GONE' })
        await expect(workspace.unsaved(ref, repo.project)).rejects.toMatchObject({ code: 'WORKSPACE_GONE' })
      })
    })

    describe('remove', () => {
      const gone = (path: string) => expect(existsSync(path)).toBe(false)
      const remove = async (ref: { path: string; branch: string; baseCommit: string }) =>
        (await workspace.remove(ref, 'shop-1', repo.project)).savedRef

      it('saves nothing when there is nothing, and drops the branch', async () => {
        const ref = await create()
        expect(await remove(ref)).toBeNull()
        gone(ref.path)
        expect(await repo.git(['branch', '--list', 'ao/*'])).toBe('')
      })

      it('pitfall 34: saves uncommitted, staged, untracked and unpushed work; ignored files are not work', async () => {
        await repo.commit('ignore', { '.gitignore': '*.log\n' })
        const ref = await create()
        await repo.commit('unpushed', { 'committed.txt': 'c' }, ref.path)
        await repo.write({ 'src/1.txt': 'staged version' }, ref.path)
        await repo.git(['add', 'src/1.txt'], ref.path)
        await repo.write({ 'src/1.txt': 'last version', 'deep/er/new\nline': 'u', 'debug.log': 'noise' }, ref.path)
        await repo.write({ 'read-only': 'r' }, ref.path)
        await chmod(join(ref.path, 'read-only'), 0o444)
        const saved = await remove(ref)
        gone(ref.path)
        expect(saved).toMatch(/^refs\/ao\/saved\/shop-1\/\d{8}-\d{6}$/)
        expect(await shown(saved, 'committed.txt')).toBe('c')
        expect(await shown(saved, 'src/1.txt')).toBe('last version')
        expect(await shown(`${saved}^2`, 'src/1.txt')).toBe('staged version')
        expect(await shown(saved, 'deep/er/new\nline')).toBe('u')
        expect(await shown(saved, 'read-only')).toBe('r')
        await expect(shown(saved, 'debug.log')).rejects.toThrow()
        expect(await repo.git(['show', 'ao/shop-1:committed.txt'])).toBe('c')
      })

      it('saves unpushed commits alone as they are, and the next workspace goes on with them', async () => {
        const ref = await create()
        const head = await repo.commit('unpushed', { 'committed.txt': 'c' }, ref.path)
        expect(await repo.git(['rev-parse', String(await remove(ref))])).toBe(head)
        expect((await workspace.look(await create())).head).toBe(head)
      })

      it('saves nothing of what was pushed', async () => {
        const ref = await create()
        await repo.commit('pushed', { 'p.txt': 'p' }, ref.path)
        await repo.git(['push', '--quiet', 'origin', 'ao/shop-1'], ref.path)
        expect(await remove(ref)).toBeNull()
      })

      it('saves nothing of what was merged, also when the merge made another commit of it', async () => {
        const ref = await create()
        await repo.commit('first', { 'a.txt': 'a' }, ref.path)
        const merged = await repo.commit('second', { 'b.txt': 'b' }, ref.path)
        expect(await workspace.unsaved(ref, repo.project)).toMatchObject({ commits: 2 })
        expect(await workspace.unsaved(ref, repo.project, [merged, '1'.repeat(40)])).toEqual({ dirty: [], commits: 0 })
        expect((await workspace.remove(ref, 'shop-1', repo.project, [merged, '1'.repeat(40)])).savedRef).toBeNull()
        gone(ref.path)
        expect(await repo.git(['for-each-ref', 'refs/ao/saved'])).toBe('')
      })

      it('saves what was committed after it was merged, and what is not committed', async () => {
        const ref = await create()
        const merged = await repo.commit('merged', { 'a.txt': 'a' }, ref.path)
        const later = await repo.commit('later', { 'b.txt': 'b' }, ref.path)
        expect(await workspace.unsaved(ref, repo.project, [merged])).toEqual({ dirty: [], commits: 1 })
        const saved = (await workspace.remove(ref, 'shop-1', repo.project, [merged])).savedRef
        expect(await repo.git(['rev-parse', String(saved)])).toBe(later)
        const again = await create()
        await repo.git(['reset', '--quiet', '--hard', merged], again.path)
        await repo.write({ 'draft.txt': 'd' }, again.path)
        expect(await workspace.unsaved(again, repo.project, [merged])).toEqual({ dirty: ['draft.txt'], commits: 0 })
        expect(await shown((await workspace.remove(again, 'shop-1', repo.project, [merged])).savedRef, 'draft.txt')).toBe('d')
      })

      it('saves commits of a detached head', async () => {
        const ref = await create()
        await repo.git(['switch', '--quiet', '--detach'], ref.path)
        await repo.commit('lost?', { 'detached.txt': 'd' }, ref.path)
        expect(await shown(await remove(ref), 'detached.txt')).toBe('d')
      })

      it('saves the middle of a merge with conflicts, both sides', async () => {
        const ref = await create()
        await repo.git(['switch', '--quiet', '--detach'], ref.path)
        const theirs = await repo.commit('theirs', { 'src/1.txt': 'theirs\n' }, ref.path)
        await repo.git(['switch', '--quiet', 'ao/shop-1'], ref.path)
        await repo.commit('ours', { 'src/1.txt': 'ours\n' }, ref.path)
        await expect(repo.git(['merge', theirs], ref.path)).rejects.toThrow()
        const saved = await remove(ref)
        expect(await shown(saved, 'src/1.txt')).toContain('<<<<<<<')
        expect(await repo.git(['rev-list', '--parents', '-1', String(saved)])).toContain(theirs)
      })

      it('saves the middle of a rebase, what is done and what is still to come', async () => {
        const ref = await create()
        await repo.commit('first', { 'f.txt': 'f' }, ref.path)
        const tip = await repo.commit('second', { 'src/1.txt': 'ours\n' }, ref.path)
        await repo.git(['switch', '--quiet', '--detach', ref.baseCommit], ref.path)
        const onto = await repo.commit('theirs', { 'src/1.txt': 'theirs\n' }, ref.path)
        await repo.git(['switch', '--quiet', 'ao/shop-1'], ref.path)
        await expect(repo.git(['rebase', onto], ref.path)).rejects.toThrow()
        expect(await create()).toEqual(ref)
        const saved = await remove(ref)
        expect(await shown(saved, 'f.txt')).toBe('f')
        expect(await repo.git(['rev-list', String(saved)])).toContain(tip)
      })

      it('saves what is in a repository inside: commits, changes, and one without a commit', async () => {
        const ref = await create()
        for (const name of ['vendor/lib', 'fresh']) await repo.git(['init', '--quiet', join(ref.path, name)], ref.path)
        const inner = join(ref.path, 'vendor/lib')
        await repo.git(['config', 'user.name', 'Ada'], inner)
        await repo.git(['config', 'user.email', 'ada@example.com'], inner)
        const commit = await repo.commit('inner', { 'inner.txt': 'i' }, inner)
        await repo.write({ 'inner.txt': 'changed', 'more.txt': 'm' }, inner)
        await repo.write({ 'draft.txt': 'd' }, join(ref.path, 'fresh'))
        const saved = await remove(ref)
        gone(ref.path)
        expect(await shown(saved, 'vendor/lib/inner.txt')).toBe('changed')
        expect(await shown(saved, 'vendor/lib/more.txt')).toBe('m')
        expect(await shown(saved, 'fresh/draft.txt')).toBe('d')
        expect(await repo.git(['rev-list', String(saved)])).toContain(commit)
      })

      it('saves a folder of tracked files that has become a repository', async () => {
        const ref = await create()
        await repo.git(['init', '--quiet', join(ref.path, 'src')], ref.path)
        await repo.write({ 'src/1.txt': 'changed', 'src/new.txt': 'n' }, ref.path)
        const saved = await remove(ref)
        expect(await shown(saved, 'src/1.txt')).toBe('changed')
        expect(await shown(saved, 'src/new.txt')).toBe('n')
        expect(await shown(saved, 'src/2.txt')).toBe('file 2, round 1')
      })

      it('saves what is in a submodule, also when the outer repository sees no change', async () => {
        const library = await makeRepo()
        await repo.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library.path, 'lib'])
        await repo.commit('submodule')
        const ref = await create()
        await repo.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init'], ref.path)
        const inner = join(ref.path, 'lib')
        await repo.git(['config', 'user.name', 'Ada'], inner)
        await repo.git(['config', 'user.email', 'ada@example.com'], inner)
        await repo.git(['switch', '--quiet', '-c', 'side'], inner)
        const commit = await repo.commit('side', { 'side.txt': 's' }, inner)
        await repo.git(['switch', '--quiet', '--detach', 'HEAD^'], inner)
        expect((await workspace.look(ref)).dirty).toEqual([])
        const saved = await remove(ref)
        gone(ref.path)
        expect(await repo.git(['rev-list', String(saved)])).toContain(commit)
        await library.remove()
      })

      it('removes nothing when saving fails, and says why', async () => {
        const ref = await create()
        // A filter that is required and not installed, as with a large-file extension on another machine.
        await repo.git(['config', 'filter.broken.clean', 'false'], ref.path)
        await repo.git(['config', 'filter.broken.required', 'true'], ref.path)
        await repo.write({ '.gitattributes': '*.big filter=broken\n', 'work.big': 'b' }, ref.path)
        await expect(remove(ref)).rejects.toMatchObject({ code: 'WORK_NOT_SAVED', message: expect.stringContaining('broken') })
        expect(await readFile(join(ref.path, 'work.big'), 'utf8')).toBe('b')
        expect((await workspace.look(ref)).dirty).toContain('work.big')
        expect(await repo.git(['for-each-ref', 'refs/ao'])).toBe('')
      })

      it('does not remove a folder that is no workspace', async () => {
        const ref = await create()
        await remove(ref)
        await repo.write({ 'letter.txt': 'private' }, ref.path)
        await expect(remove(ref)).rejects.toMatchObject({ code: 'WORK_NOT_SAVED' })
        expect(existsSync(join(ref.path, 'letter.txt'))).toBe(true)
      })

      it('twice is once: the second names the ref of the first', async () => {
        const ref = await create()
        expect(await remove(ref)).toBeNull()
        expect(await remove(ref)).toBeNull()
        const again = await create()
        await repo.write({ 'new.txt': 'n' }, again.path)
        const saved = await remove(again)
        expect(saved).not.toBeNull()
        expect(await remove(again)).toBe(saved)
      })

      it('does not wait for a git command that left its lock behind', async () => {
        const ref = await create()
        await repo.write({ 'new.txt': 'n' }, ref.path)
        await writeFile(await repo.git(['rev-parse', '--path-format=absolute', '--git-path', 'index.lock'], ref.path), '')
        expect((await workspace.look(ref)).dirty).toEqual(['new.txt'])
        expect((await workspace.diff(ref, 1_000)).text).toContain('+n')
        expect(await shown(await remove(ref), 'new.txt')).toBe('n')
      })
    })

    it('never touches the main checkout: status, head, index and files stay as they are', async () => {
      await repo.write({ '.gitignore': 'node_modules/\n', 'node_modules/x': 'x', 'mine.txt': 'half done', 'src/1.txt': 'edited' })
      await repo.git(['add', 'mine.txt'])
      await symlink('nowhere', join(repo.path, 'dangling'))
      const index = join(repo.path, '.git/index')
      const look = async () => [
        await repo.git(['--no-optional-locks', 'status', '--porcelain']),
        await readFile(join(repo.path, '.git/HEAD'), 'utf8'),
        (await readFile(index)).toString('base64'),
        (await stat(index)).mtimeMs,
      ]
      const before = await look()
      workspace = await make({ link: ['node_modules', 'dangling'] }, host)
      const ref = await create()
      await repo.commit('c', { 'c.txt': 'c' }, ref.path)
      await repo.write({ 'd.txt': 'd' }, ref.path)
      await workspace.look(ref)
      await workspace.diff(ref, 1_000)
      await workspace.remove(ref, 'shop-1', repo.project)
      expect(await look()).toEqual(before)
    })
  })
}
