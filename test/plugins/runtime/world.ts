import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Host } from '../../../core/contracts/plugins.ts'
import type { ProcessSpec } from '../../../core/contracts/runtime.ts'
import { type FakeHost, makeHost } from '../../fakes/host.ts'

/** A host whose data folder is `folder`. */
export const hostIn = async (folder: string): Promise<Host & Pick<FakeHost, 'close'>> => ({
  ...(await makeHost()),
  dataFolder: folder,
  folder: async (...parts) => {
    const path = join(folder, ...parts)
    await mkdir(path, { recursive: true })
    return path
  },
})

/** What to start, with its files and its working directory in `folder`. */
export const specIn = (folder: string, argv: readonly string[], more: Partial<ProcessSpec> = {}): ProcessSpec => ({
  name: 'ao-1',
  run: 'ao-1/1/agent.launch',
  argv,
  cwd: folder,
  env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color' },
  stdin: null,
  folder,
  ...more,
})
