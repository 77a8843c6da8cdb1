import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { type AgentName, binOf, packages } from './install.ts'
import { dummyKey } from './model/index.ts'
import type { Step } from './model/script.ts'

/** Where the user of a story lives, and where their model is. */
export type Home = { readonly home: string; readonly modelUrl: string }

/** What is different from agent to agent in the stories; everything else is the same for all. */
export type Kit = {
  /** Of the plugin and of its folder in the cache. */
  readonly name: AgentName
  /** Of the plugin, besides its name. */
  readonly options: Readonly<Record<string, unknown>>
  /** What its user has set up before us: settings, keys, consent. Path below HOME → text. */
  readonly files: (place: Home) => Readonly<Record<string, string>>
  /** What its user has in the environment. */
  readonly environment: (place: Home) => Readonly<Record<string, string>>
  /** Paths below HOME that the agent itself may write. */
  readonly writes: RegExp
  /** The text of such a file without what the agent keeps in it for itself; the rest is its user's. */
  readonly withoutOwn: (path: string, text: string) => string
  /** A step that it asks a person's permission for: a commit with that subject. */
  readonly commits: (subject: string) => Step
  /** What its terminal shows after a first Escape, where it wants a second before it breaks off its turn. */
  readonly asksTwice?: RegExp
  /** The folder below HOME in which it keeps conversations, where they are in no file that its plugin reads. */
  readonly keeps?: string
  /** What it says of its cost, for 2,100 fresh tokens, 3,000 from the cache and 110 of output. */
  readonly says: { readonly costUsd?: unknown }
}

const commit = (subject: string): string =>
  `echo "${subject}" >> notes.txt && git add notes.txt && git commit --quiet --message "${subject}"`

const pi: Kit = {
  name: 'pi',
  options: { args: ['--provider', 'fake'] },
  files: ({ modelUrl }) => ({
    '.pi/agent/models.json': JSON.stringify({
      providers: {
        fake: {
          baseUrl: `${modelUrl}/v1`,
          api: 'openai-completions',
          apiKey: dummyKey,
          models: [
            {
              id: 'fake-model',
              contextWindow: 128_000,
              maxTokens: 4_096,
              cost: { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 },
            },
          ],
        },
      },
    }),
    '.pi/agent/settings.json': JSON.stringify({ quietStartup: true, lastChangelogVersion: packages.pi.version }),
  }),
  environment: () => ({ PI_OFFLINE: '1' }),
  withoutOwn: (_path, text) => text,
  writes: /^\.pi\/agent\/(?:sessions\/|auth\.json$|bin\/)/,
  commits: (subject) => ({ run: commit(subject) }),
  says: { costUsd: expect.closeTo((2_100 * 3 + 3_000 * 0.3 + 110 * 15) / 1_000_000, 8) },
}

const codex: Kit = {
  name: 'codex',
  options: {},
  files: ({ modelUrl, home }) => ({
    '.codex/config.toml': [
      'model = "fake-model"',
      'model_provider = "fake"',
      'check_for_update_on_startup = false',
      '[analytics]\nenabled = false',
      '[features]\nplugins = false\napps = false',
      `[model_providers.fake]\nname = "fake"\nbase_url = "${modelUrl}/v1"\nenv_key = "FAKE_KEY"\nwire_api = "responses"`,
      `[projects."${join(home, 'shop')}"]\ntrust_level = "trusted"`,
    ].join('\n\n'),
  }),
  environment: ({ home }) => ({ FAKE_KEY: dummyKey, CODEX_HOME: join(home, '.codex') }),
  writes: /^\.codex\/(?!config\.toml$)/,
  // It counts there which news its screen has shown.
  withoutOwn: (path, text) => (path === '.codex/config.toml' ? text.replace(/\n*\[tui[^\n]*\](?:\n(?!\[)[^\n]*)*/g, '').trimEnd() : text),
  commits: (subject) => ({ run: commit(subject), escalates: true }),
  says: {},
}

const claude: Kit = {
  name: 'claude-code',
  options: {},
  files: ({ home }) => ({
    '.claude.json': JSON.stringify({
      hasCompletedOnboarding: true,
      theme: 'dark',
      customApiKeyResponses: { approved: [dummyKey.slice(-20)], rejected: [] },
      projects: { [join(home, 'shop')]: { hasTrustDialogAccepted: true } },
    }),
  }),
  environment: ({ modelUrl }) => ({
    ANTHROPIC_BASE_URL: modelUrl,
    ANTHROPIC_API_KEY: dummyKey,
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    // As root it takes no answer for everything unless it is told that this is a sandbox.
    IS_SANDBOX: '1',
  }),
  withoutOwn: (_path, text) => text,
  // It keeps its own books in this file, too.
  writes: /^\.claude(?:\/|\.json)|^\.cache\/|^\.local\/(?:share|state)\/(?:applications\/claude|claude)/,
  commits: (subject) => ({ run: commit(subject) }),
  says: {},
}

const opencode: Kit = {
  name: 'opencode',
  options: {},
  files: ({ modelUrl }) => ({
    '.config/opencode/opencode.json': JSON.stringify({
      $schema: 'https://opencode.ai/config.json', // it adds this where it is missing
      model: 'fake/fake-model',
      small_model: 'fake/fake-model',
      provider: {
        fake: {
          npm: '@ai-sdk/openai-compatible', // it has this one built in
          options: { baseURL: `${modelUrl}/v1`, apiKey: dummyKey },
          models: {
            'fake-model': {
              limit: { context: 128_000, output: 4_096 },
              cost: { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 },
              tool_call: true,
            },
          },
        },
      },
    }),
  }),
  environment: () => ({ OPENCODE_DISABLE_MODELS_FETCH: '1', OPENCODE_DISABLE_LSP_DOWNLOAD: '1', OPENCODE_DISABLE_DEFAULT_PLUGINS: '1' }),
  withoutOwn: (_path, text) => text,
  writes: /^\.(?:local\/(?:share|state)|cache)\/opencode\/|^\.config\/opencode\/\.gitignore$/,
  commits: (subject) => ({ run: commit(subject) }),
  keeps: '.local/share/opencode',
  asksTwice: /again to interrupt/,
  says: { costUsd: expect.closeTo((2_100 * 3 + 3_000 * 0.3 + 110 * 15) / 1_000_000, 8) },
}

const gemini: Kit = {
  name: 'gemini',
  options: {},
  files: () => ({
    '.gemini/settings.json': JSON.stringify({
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      model: { name: 'gemini-2.5-flash' },
    }),
  }),
  environment: ({ modelUrl }) => ({ GEMINI_API_KEY: dummyKey, GOOGLE_GEMINI_BASE_URL: modelUrl }),
  withoutOwn: (_path, text) => text,
  writes: /^\.gemini\/tmp\//,
  commits: (subject) => ({ run: commit(subject) }),
  says: { costUsd: null },
}

export const kits = { pi, codex, 'claude-code': claude, opencode, gemini } as const

/** Sets up the user's own files, as they were before anybody thought of us. */
export const settle = async (kit: Kit, place: Home): Promise<void> => {
  for (const [path, text] of Object.entries(kit.files(place))) {
    await mkdir(dirname(join(place.home, path)), { recursive: true })
    await writeFile(join(place.home, path), text)
  }
}

/** Everything in the environment of that user, and nothing of ours. */
export const environmentOf = (kit: Kit, place: Home): Record<string, string> => ({
  PATH: [binOf(kit.name), dirname(process.execPath), '/usr/local/bin:/usr/bin:/bin'].join(':'),
  HOME: place.home,
  USER: 'ana',
  SHELL: '/bin/bash',
  TERM: 'xterm-256color',
  LANG: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  ...kit.environment(place),
})
