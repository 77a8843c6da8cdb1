import { accessSync, constants, statfsSync } from 'node:fs'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * `quick` touches no process but its own and is what `npm run check` runs; `forge` drives git and the stand-in for a forge; `chats` those
 * for chats; `real` drives tmux and the built program. `npm test` runs all four.
 */
const forge = [
  'test/plugins/scm/**/*.test.ts',
  'test/plugins/github/**/*.test.ts',
  'test/plugins/tracker/**/*.test.ts',
  'test/stories/github/**/*.test.ts',
]
const real = [
  'test/plugins/**/*.test.ts',
  'test/stories/real/**/*.test.ts',
  'test/adapters/console/{chat,say,protocol,contract}*.test.ts',
  'test/bot/cli/{init,doctor}*.test.ts',
  'test/core/engine/webhooks.test.ts',
  'test/core/store/lock.test.ts',
  'test/bot/report.test.ts',
]
/** What speaks with chats over sockets and starts no process: their libraries take longer to read than most of the tests. */
const chats = [
  'test/adapters/{slack,telegram,discord}/!(render|translate|manifest)*.test.ts',
  'test/stories/chats/**/*.test.ts',
  'test/bot/cli/chats*.test.ts',
]
const agents = ['test/agents/**/*.test.ts']
// Limits for a busy machine, and no waits: on a quiet one nothing comes near them.
const common = { testTimeout: 90_000, hookTimeout: 60_000, env: roomyMemory('/dev/shm') }

/** What takes longest, one test after the other: begun last, it would keep one worker busy while the others have nothing to do. */
const longest = [
  'stories/real/',
  'workspace/clone',
  'workspace/worktree',
  'github/contract',
  'scm/local.',
  'agents/claude-code',
  'agents/codex',
  'agents/pi',
]
const isLong = ({ moduleId }: TestSpecification): boolean => longest.some((part) => moduleId.includes(part))

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      // They share what they import, which is most of their time: none of them changes a module.
      {
        test: {
          ...common,
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...real, ...chats, ...forge, ...agents],
          isolate: false,
        },
      },
      { test: { ...common, name: 'forge', include: forge, isolate: false } },
      { test: { ...common, name: 'chats', include: chats, isolate: false } },
      { test: { ...common, name: 'real', include: real, exclude: forge } },
      // Real agents from the registry: only for `npm run test:agents`, which installs them and shuts the outside off. A sandbox of theirs has
      // a /dev of its own, so their files are not in memory.
      ...(process.env.AO_TEST_AGENTS === undefined ? [] : [{ test: { ...common, env: {}, name: 'agents', include: agents } }]),
    ],
  },
})

/** Tests make thousands of small files in the temporary folder; where there is a memory disk with room they make them there. */
function roomyMemory(folder: string): Record<string, string> {
  try {
    accessSync(folder, constants.W_OK)
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize > 2 * 1024 ** 3 ? { TMPDIR: folder } : {}
  } catch {
    return {} // no such disk: the ordinary one will do
  }
}
