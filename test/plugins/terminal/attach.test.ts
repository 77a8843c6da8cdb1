import { execa } from 'execa'
import { expect, test } from 'vitest'
import { attach } from '../../../plugins/terminal/attach.ts'
import { makeHost } from '../../fakes/host.ts'

test('says the exact command, quoted so that a shell reads it back word for word', async () => {
  const host = await makeHost()
  const terminal = await attach.create({}, host, { host: 'here', project: null })
  const argv = ['tmux', '-L', "it's", 'attach', '-t', '=ao-1:', '$HOME *', '']
  const { says } = await terminal.open('shop-1', argv)
  expect(says).toBe(`tmux -L 'it'\\''s' attach -t =ao-1: '$HOME *' ''`)
  const { stdout } = await execa('sh', ['-c', `printf '%s\\n' ${says}`], { stripFinalNewline: false })
  expect(stdout).toBe(argv.map((word) => `${word}\n`).join(''))
  await host.close()
})

test('needs nothing, and takes no options', async () => {
  expect(await attach.missing({})).toBeNull()
  expect(attach.options.safeParse({ at: 1 }).success).toBe(false)
})
