import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { endTree } from '../../core/kit/tree.ts'
import { isInstalled } from './install.ts'
import { environmentOf, kits, settle } from './kits.ts'
import { anyStory, openModel } from './model/index.ts'

const cli = fileURLToPath(new URL('../../dist/bot/cli.js', import.meta.url))

test.skipIf(!isInstalled('codex'))(
  'the demo plays itself with the real codex: it asks, is allowed, and its fix is merged',
  { timeout: 120_000 },
  async () => {
    const root = await realpath(await mkdtemp(join(tmpdir(), 'ao-agents-demo-')))
    const model = await openModel()
    const place = { home: join(root, 'home'), modelUrl: model.url }
    onTestFinished(async () => {
      await model.close()
      await endTree([], { mark: `HOME=${place.home}`, politeMs: 0 }) // what a demo that was cut off leaves running
      await rm(root, { recursive: true, force: true, maxRetries: 10 })
    })
    await mkdir(place.home)
    await writeFile(join(place.home, '.gitconfig'), '[user]\n\tname = ana\n\temail = ana@example.com\n')
    await settle(kits.codex, place)
    const fix = "sed -i 's/return a - b/return a + b/' calc.mjs && git commit -qam 'Make add() add' && ao report done 'add() adds now'"
    model.script(anyStory, { run: fix, escalates: true }, { say: 'add() adds now.' })

    const { exitCode, all } = await execa(process.execPath, [cli, 'demo', '--auto', '--agent', 'codex', '--data', join(root, 'demo')], {
      env: environmentOf(kits.codex, place),
      extendEnv: false,
      reject: false,
      all: true,
      timeout: 100_000,
      stdin: 'ignore',
    })
    expect(all).toContain("add(2, 3) is 5 on the remote's main branch")
    expect(all).toMatch(/calc-1 asks/)
    expect(exitCode).toBe(0)
    expect(model.complaints()).toEqual([])
  },
)
