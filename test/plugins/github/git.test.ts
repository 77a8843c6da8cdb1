import { chmod, cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isFault } from '../../../core/kit/fault.ts'
import type { Api } from '../../../plugins/github/api.ts'
import { openTransport, remoteUrl, type Transport } from '../../../plugins/github/git.ts'
import { settle } from '../../../plugins/github/options.ts'
import type { Located } from '../../../plugins/github/repository.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'
import { makeRepo, type Repo } from '../../fakes/repo.ts'
import { optionsOf, secret } from './answers.ts'
import { type GitAnswers, startGitAnswers } from './git-answers.ts'

let host: FakeHost
let repo: Repo
let root: string
let bare: string
let home: string
let server: GitAnswers
let password: string
let saved: NodeJS.ProcessEnv
const signal = new AbortController().signal

beforeEach(async () => {
  saved = { ...process.env }
  password = secret
  host = await makeHost()
  repo = await makeRepo({ remote: true })
  root = await realpath(await mkdtemp(join(tmpdir(), 'ao-root-')))
  home = join(root, 'home')
  bare = join(root, 'acme', 'shop.git')
  await mkdir(home)
  await mkdir(join(root, 'acme'))
  await cp(repo.remote ?? '', bare, { recursive: true })
  await execa('git', ['config', 'http.receivepack', 'true'], { cwd: bare })
  server = await startGitAnswers(root, secret)
  process.env.HOME = home
  delete process.env.GIT_CONFIG_GLOBAL
})
afterEach(async () => {
  process.env = saved
  await server.close()
  await Promise.all([host.close(), repo.remove(), rm(root, { recursive: true, force: true })])
})

const transport = (written: Readonly<Record<string, unknown>> = {}): Transport => {
  const api = { gitToken: async () => password } as unknown as Api // nothing else of it is used
  const repository = { owner: 'acme', name: 'shop' } as Located['repository'] // the same
  const options = optionsOf({ apiUrl: 'http://127.0.0.1:1', gitUrl: server.url, token: secret, ...written })
  return openTransport(host, options, { api, repository })
}

const faultOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isFault(error)) throw new Error(`not a fault: ${inspect(error)}`)
  return error
}

/** All files below a folder that hold the text. */
const filesWith = async (folder: string, text: string): Promise<readonly string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const held = await Promise.all(files.map(async (file) => (await readFile(file)).includes(text)))
  return files.filter((_, index) => held[index])
}

/** Command lines of all processes of this machine that one may read. */
const commandLines = async (): Promise<readonly string[]> => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))) // some have ended meanwhile
}

describe('a push', () => {
  test('brings the commit to its branch, and once more is fine', async () => {
    const head = await repo.commit('fix', { 'src/a.txt': 'fixed' })
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    expect(await repo.git(['rev-parse', 'refs/heads/fix'], bare)).toBe(head)
    expect(await transport().heads(repo.project, ['fix', 'main', 'nothing'], signal)).toEqual(
      new Map([
        ['fix', head],
        ['main', await repo.git(['rev-parse', 'HEAD~1'])],
      ]),
    )
  })

  test('has the token in no command line while it runs, and in no file and no setting afterwards', async () => {
    await repo.commit('fix', { 'src/a.txt': 'fixed' })
    // Somebody whose git keeps every password that it comes to know, and asks a program of their own.
    const nosy = join(home, 'nosy.sh')
    await writeFile(nosy, `#!/bin/sh\ncat >> ${home}/stolen\nenv >> ${home}/stolen\n`)
    await chmod(nosy, 0o755)
    await writeFile(
      join(home, '.gitconfig'),
      `[credential]\n\thelper = store\n\thelper = ${nosy}\n[credential "${server.url}"]\n\thelper = ${nosy}\n[core]\n\taskPass = ${nosy}\n`,
    )
    for (const hook of ['pre-push', 'reference-transaction', 'post-update']) await cp(nosy, join(repo.path, '.git', 'hooks', hook))

    let seen: readonly string[] = []
    let isAsked = false
    server.by(async (_path, service) => {
      if (service !== 'git-receive-pack') return null
      isAsked = server.shown.length > 0
      if (isAsked) seen = [...seen, ...(await commandLines())]
      return null
    })
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    const gits = seen.filter((line) => line.includes(server.url.replace('http://', '')))
    expect(gits.length).toBeGreaterThanOrEqual(2) // git and the part of it that speaks http
    expect(gits.join('\n')).toContain('git-receive-pack'.slice(0, 3))
    expect(seen.filter((line) => line.includes(secret))).toEqual([])
    expect(server.shown).toContain(`x-access-token:${secret}`)
    expect(await filesWith(repo.path, secret)).toEqual([])
    expect(await filesWith(home, secret)).toEqual([])
    expect(await filesWith(host.dataFolder, secret)).toEqual([])
    expect(await filesWith(bare, secret)).toEqual([])
    expect(await readdir(home)).not.toContain('stolen')
  })

  test('gives the token to no other host, wherever redirects and settings lead', async () => {
    await repo.commit('fix')
    const other = await startGitAnswers(root, 'another')
    server.by(async (path) => ({ status: 301, location: `${other.url}${path}?service=git-receive-pack` }))
    await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    server.by(null)
    await repo.git(['config', `url.${other.url}/.insteadOf`, server.url.replace('http://', 'http://x-access-token@')])
    await repo.git(['config', '--add', `url.${other.url}/.insteadOf`, `${server.url}/`])
    await repo.git([
      'config',
      '--add',
      `url.${other.url.replace('http://', 'http://x-access-token@')}/.insteadOf`,
      `${server.url.replace('http://', 'http://x-access-token@')}/`,
    ])
    await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect(other.shown.filter((credential) => credential.includes(secret))).toEqual([])
    await other.close()
  })

  test('hands the token to no program that the settings of the repository name', async () => {
    await repo.commit('fix')
    const nosy = join(root, 'nosy.sh')
    await writeFile(nosy, `#!/bin/sh\nenv >> ${root}/stolen\n`, { mode: 0o755 })
    const address = `${server.url.replace('http://', 'http://x-access-token@')}/`
    await repo.git(['config', 'protocol.ext.allow', 'always'])
    await repo.git(['config', `url.ext::${nosy} .insteadOf`, address])
    await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    await repo.git(['config', '--unset-all', `url.ext::${nosy} .insteadOf`])
    for (const [name, value] of Object.entries({
      'push.gpgSign': 'if-asked',
      'gpg.program': nosy,
      'core.sshCommand': nosy,
      'core.askPass': nosy,
    }))
      await repo.git(['config', name, value])
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    expect(await readdir(root)).not.toContain('stolen')
  })

  test('finds a repository that was renamed', async () => {
    const head = await repo.commit('fix')
    await cp(bare, join(root, 'acme', 'store.git'), { recursive: true })
    await rm(bare, { recursive: true })
    server.by(async (path, service) =>
      path.startsWith('/acme/shop.git/info/')
        ? { status: 301, location: `${server.url}/acme/store.git/info/refs?service=${service}` }
        : null,
    )
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    expect(await repo.git(['rev-parse', 'refs/heads/fix'], join(root, 'acme', 'store.git'))).toBe(head)
  })

  test('is never forced, and says that somebody else was there', async () => {
    await repo.commit('mine')
    await transport().push(repo.path, 'HEAD:refs/heads/fix', signal)
    await repo.git(['commit', '--quiet', '--amend', '--allow-empty', '-m', 'other'])
    const found = await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect(found).toMatchObject({ code: 'PUSH_REFUSED', mayPass: false, facts: { cause: 'moved', branch: 'fix' } })
    expect(found.hint).toContain(`git fetch ${server.url}/acme/shop.git fix`)
    await expect(transport().push(repo.path, '+HEAD:refs/heads/fix', signal)).rejects.toThrow('one commit')
    await expect(transport().push(repo.path, ':refs/heads/fix', signal)).rejects.toThrow('one commit')
  })

  test.each([
    ['GH006: Protected branch update failed for refs/heads/fix.', 'protected'],
    ['GH013: Repository rule violations found for refs/heads/fix.', 'protected'],
    ['GH013: Repository rule violations found. GITHUB PUSH PROTECTION: Push cannot contain secrets', 'other'],
    [
      'refusing to allow a Personal Access Token to create or update workflow `.github/workflows/a.yml` without `workflow` scope',
      'forbidden',
    ],
    ['GH001: Large files detected.', 'other'],
  ])('that the repository declines with "%s" is refused: %s', async (words, cause) => {
    await writeFile(join(bare, 'hooks', 'pre-receive'), `#!/bin/sh\necho 'error: ${words}' >&2\nexit 1\n`, { mode: 0o755 }).catch(
      async () => {
        await mkdir(join(bare, 'hooks'))
        await writeFile(join(bare, 'hooks', 'pre-receive'), `#!/bin/sh\necho 'error: ${words}' >&2\nexit 1\n`, { mode: 0o755 })
      },
    )
    await repo.commit('fix')
    const found = await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect([found.code, found.facts.cause]).toEqual(['PUSH_REFUSED', cause])
    expect(found.message).toContain(words.slice(0, 40).replace(/\.$/, ''))
  })

  test.each([
    [{ status: 403, text: 'Permission to acme/shop.git denied to robo.' }, 'PUSH_REFUSED', 'forbidden'],
    [{ status: 403, text: 'This repository was archived so it is read-only.' }, 'PUSH_REFUSED', 'archived'],
    [{ status: 404, text: 'Repository not found.' }, 'REPOSITORY_UNKNOWN', undefined],
    [{ status: 502, text: 'Bad gateway' }, 'GIT_UNREACHABLE', undefined],
  ])('that is answered with %j is %s %s', async (answer, code, cause) => {
    server.by(async () => (server.shown.length > 0 ? answer : null))
    await repo.commit('fix')
    const found = await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect([found.code, found.facts.cause]).toEqual([code, cause])
  })

  test('with a token that is no longer good says so, and repeats nothing of it', async () => {
    await repo.commit('fix')
    password = `${secret}-that-has-expired`
    const found = await faultOf(transport().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect([found.code, found.mayPass]).toEqual(['TOKEN_REFUSED', true])
    expect(inspect(found, { depth: 9, showHidden: true })).not.toContain(secret)
  })

  test('to where nobody listens may pass', async () => {
    await repo.commit('fix')
    const nowhere = transport({ gitUrl: 'http://127.0.0.1:1' })
    expect(await faultOf(nowhere.push(repo.path, 'HEAD:refs/heads/fix', signal))).toMatchObject({ code: 'GIT_UNREACHABLE', mayPass: true })
  })

  test('ends when nobody waits for it any more', async () => {
    await repo.commit('fix')
    server.by(() => new Promise(() => {}))
    const stop = new AbortController()
    const result = transport()
      .push(repo.path, 'HEAD:refs/heads/fix', stop.signal)
      .catch((error: unknown) => error)
    const address = server.url.replace('http://', '')
    const running = async () => (await commandLines()).filter((line) => line.includes(address))
    await expect.poll(async () => (await running()).length, { timeout: 10_000 }).toBeGreaterThan(1)
    stop.abort(new Error('not needed'))
    expect(await result).toMatchObject({ message: 'not needed' })
    expect(await running()).toEqual([])
  })
})

describe('a fetch', () => {
  test('brings a branch under the name it is given, without tags and FETCH_HEAD, one at a time', async () => {
    const head = await repo.commit('newer')
    await repo.git(['push', '--quiet', bare, 'HEAD:refs/heads/main', 'HEAD:refs/tags/v1'])
    await repo.git(['reset', '--quiet', '--hard', 'HEAD~1'])
    const specs = ['+refs/heads/main:refs/ao/base/main']
    await Promise.all([transport().fetchRefs(repo.project, specs, signal), transport().fetchRefs(repo.project, specs, signal)])
    expect(await repo.git(['rev-parse', 'refs/ao/base/main'])).toBe(head)
    expect(await repo.git(['tag'])).toBe('')
    expect(await readdir(join(repo.path, '.git'))).not.toContain('FETCH_HEAD')
    expect(await filesWith(repo.path, secret)).toEqual([])
  })

  test('of a branch that is not there says so', async () => {
    const found = await faultOf(transport().fetchRefs(repo.project, ['+refs/heads/none:refs/ao/base/none'], signal))
    expect(found).toMatchObject({ code: 'REF_UNKNOWN', facts: { ref: 'refs/heads/none' } })
  })

  test.each([
    [404, 'REPOSITORY_UNKNOWN'],
    [403, 'FORBIDDEN'],
    [503, 'GIT_UNREACHABLE'],
  ])('that is answered with %i is %s', async (status, code) => {
    server.by(async () => (server.shown.length > 0 ? { status, text: 'words' } : null))
    expect((await faultOf(transport().fetchRefs(repo.project, ['refs/heads/main:refs/x'], signal))).code).toBe(code)
  })
})

describe('over ssh', () => {
  /** Stands in for ssh: keeps what it was asked, and runs git on this machine. */
  const fakeSsh = async (script: string): Promise<void> => {
    const path = join(root, 'bin', 'ssh') // by its name git knows what it understands
    await mkdir(join(root, 'bin'))
    await writeFile(path, `#!/bin/sh\necho "$@" >> ${root}/asked\nenv >> ${root}/environment\n${script}\n`, { mode: 0o755 })
    await writeFile(join(home, '.gitconfig'), `[core]\n\tsshCommand = ${path}\n`)
  }
  const ssh = () => transport({ gitUrl: 'ssh://git@127.0.0.1:2222' })

  test('git goes with the keys of the user, without the token, and never asks anybody', async () => {
    await fakeSsh(`for last; do :; done; cd ${root} && eval "$(echo "$last" | sed "s#'/#'./#")"`)
    const hook = join(repo.path, '.git', 'hooks', 'pre-push')
    await mkdir(join(repo.path, '.git', 'hooks'), { recursive: true })
    await writeFile(hook, `#!/bin/sh\ntouch ${root}/hooked\n`, { mode: 0o755 })
    const head = await repo.commit('fix')
    expect(ssh().url).toBe('ssh://git@127.0.0.1:2222/acme/shop.git')
    await ssh().push(repo.path, 'HEAD:refs/heads/fix', signal)
    expect(await repo.git(['rev-parse', 'refs/heads/fix'], bare)).toBe(head)
    expect(await readFile(join(root, 'asked'), 'utf8')).toContain('-o BatchMode=yes')
    expect(await readFile(join(root, 'environment'), 'utf8')).not.toContain(secret)
    expect(await readdir(root)).toContain('hooked') // with https it would have had the token in its reach
  })

  test.each([
    ['git@github.com: Permission denied (publickey).', 'GIT_UNREACHABLE', undefined],
    ['ERROR: Repository not found.', 'REPOSITORY_UNKNOWN', undefined],
    ['ERROR: Permission to acme/shop.git denied to robo.', 'PUSH_REFUSED', 'forbidden'],
    ['ERROR: The key you are authenticating with has been marked as read only.', 'PUSH_REFUSED', 'forbidden'],
    ['ERROR: This repository was archived so it is read-only.', 'PUSH_REFUSED', 'archived'],
    ['Host key verification failed.', 'GIT_UNREACHABLE', undefined],
  ])('"%s" is %s', async (words, code, cause) => {
    await fakeSsh(`echo "${words}" >&2; exit 255`)
    await repo.commit('fix')
    const found = await faultOf(ssh().push(repo.path, 'HEAD:refs/heads/fix', signal))
    expect([found.code, found.facts.cause]).toEqual([code, cause])
  })
})

test.each([
  [{}, 'https://github.com/acme/shop.git'],
  [{ protocol: 'ssh' }, 'git@github.com:acme/shop.git'],
  [{ apiUrl: 'https://git.acme.example/api/v3' }, 'https://git.acme.example/acme/shop.git'],
  [{ apiUrl: 'https://git.acme.example/api/v3', protocol: 'ssh' }, 'git@git.acme.example:acme/shop.git'],
  [{ apiUrl: 'https://api.acme.ghe.com' }, 'https://acme.ghe.com/acme/shop.git'],
  [{ gitUrl: 'ssh://git@git.acme.example:7999' }, 'ssh://git@git.acme.example:7999/acme/shop.git'],
])('%j means %s', (written, url) => {
  expect(remoteUrl(settle(optionsOf({ token: secret, ...written })), { owner: 'acme', name: 'shop' })).toBe(url)
})
