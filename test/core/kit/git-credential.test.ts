import { existsSync } from 'node:fs'
import { appendFile, chmod, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openGit } from '../../../core/kit/git.ts'

let folder: string
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ao-git-')))
  await openGit(folder).raw('init', '--quiet')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const writeProgram = async (name: string, script: string): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, `#!/bin/sh\n${script}\n`)
  await chmod(path, 0o755)
  return path
}

test('git is given settings for one use alone', async () => {
  expect(await openGit(folder, { config: ['user.name=Ada', 'http.lowSpeedTime=30'] }).raw('config', '--get-regexp', '.*')).toContain(
    'user.name Ada',
  )
  expect(await openGit(folder).raw('config', '--list')).not.toContain('user.name=Ada')
})

/** A server that wants a password and then knows no repository; `told` are the passwords it got. */
const listen = async () => {
  const told = new Set<string>()
  const server = createServer(({ headers }, response) => {
    const [, password = ''] = Buffer.from((headers.authorization ?? '').replace('Basic ', ''), 'base64')
      .toString()
      .split(':')
    if (password !== '') told.add(password)
    response.writeHead(password === '' ? 401 : 404, { 'www-authenticate': 'Basic realm="test"' }).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return { told, port: typeof address === 'object' ? address?.port : null, close: () => server.close() }
}

test('a program of ours hands git the password, and no helper of the user’s is asked or told', async () => {
  const server = await listen()
  const asked = join(folder, 'asked')
  await appendFile(
    join(folder, '.git', 'config'),
    `[credential]\n\thelper = "!touch ${asked}; echo username=eve; echo password=theirs; true"\n`,
  )
  const fetch = ['fetch', `http://bot@127.0.0.1:${server.port}/shop.git`]
  await expect(openGit(folder).raw(...fetch)).rejects.toThrow(/not found/)
  expect([...server.told, existsSync(asked)]).toEqual(['theirs', true])
  await rm(asked)
  server.told.clear()
  const env = { GIT_ASKPASS: await writeProgram('ask', 'echo "$AO_TEST_SECRET"'), AO_TEST_SECRET: 'ours' }
  const git = openGit(folder, { env, config: ['credential.helper='], isCredentialOurs: true })
  await expect(git.raw(...fetch)).rejects.toThrow(/not found/)
  expect([...server.told, existsSync(asked)]).toEqual(['ours', false])
  server.close()
})

test.each([
  ['GIT_ASKPASS', { env: { GIT_ASKPASS: '/bin/true' } }],
  ['credential.helper', { config: ['credential.helper='] }],
  ['core.hooksPath', { config: ['core.hooksPath=/dev/null'] }],
])('%s is refused where nobody said that it is ours', async (_, asked) => {
  await expect(openGit(folder, asked).raw('rev-parse', '--git-dir')).rejects.toThrow(/not permitted/)
  expect(await openGit(folder, { ...asked, isCredentialOurs: true }).raw('rev-parse', '--git-dir')).toBe('.git\n')
})
