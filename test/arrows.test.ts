import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

/** A name that ends with `/` means everything below it, any other one file; `*` is one folder. The first row that fits a file is its row. */
type Arrow = { readonly from: string; readonly to: readonly string[]; readonly why: string }

const everything: readonly string[] = ['bot/', 'core/', 'adapters/', 'plugins/', 'package.json']

/** Who may import whom. `own` is the folder of the plugin or adapter itself. */
const arrows: readonly Arrow[] = [
  { from: 'bot/main.ts', to: everything, why: 'composition' },
  { from: 'bot/reads.ts', to: ['bot/', 'core/'], why: 'composition: what the bot may ask, answered by the engine' },
  { from: 'bot/chats.ts', to: everything, why: 'composition: the list of the chats' },
  { from: 'bot/cli.ts', to: everything, why: 'composition' },
  { from: 'bot/cli/', to: everything, why: 'composition' },
  { from: 'bot/report.ts', to: ['core/kit/'], why: 'it runs inside an agent, where there is no bot' },
  { from: 'bot/contracts/', to: ['bot/contracts/', 'core/contracts/', 'core/kit/fault.ts'], why: 'what adapters see of us' },
  {
    from: 'bot/',
    to: ['bot/', 'core/contracts/', 'core/access/', 'core/kit/'],
    why: 'never a plugin, an adapter, the engine or the store',
  },
  { from: 'core/contracts/', to: ['core/contracts/'], why: 'the vocabulary depends on nothing' },
  {
    from: 'core/session/',
    to: ['core/session/', 'core/contracts/', 'core/kit/fault.ts', 'core/kit/text.ts', 'core/kit/time.ts'],
    why: 'pure; the words of kit are',
  },
  {
    from: 'core/fleet/',
    to: ['core/fleet/', 'core/contracts/', 'core/kit/fault.ts', 'core/kit/text.ts', 'core/kit/time.ts'],
    why: 'pure; the words of kit are',
  },
  {
    from: 'core/access/',
    to: ['core/access/', 'core/contracts/', 'core/kit/fault.ts', 'core/kit/text.ts', 'core/kit/time.ts'],
    why: 'pure; the words of kit are',
  },
  { from: 'core/kit/', to: ['core/kit/', 'core/contracts/'], why: 'every folder may use its words, so it knows no folder' },
  { from: 'core/', to: ['core/'], why: 'the shell' },
  { from: 'plugins/index.ts', to: ['plugins/', 'core/contracts/'], why: 'the list of its folder' },
  { from: 'plugins/github/', to: ['plugins/github/', 'core/contracts/', 'core/kit/'], why: 'what the slots of one forge share' },
  {
    from: 'plugins/',
    to: ['own', 'shared', 'core/contracts/', 'core/kit/'],
    why: 'plugins know neither the engine nor the bot, and of each other only what the slots of one forge share',
  },
  { from: 'adapters/', to: ['own', 'bot/contracts/', 'core/kit/'], why: 'never a session of core, never another adapter' },
]

/** Values in, values out: no module that touches the world, no clock, no timer, nothing to wait for. */
const pure = ['core/session/', 'core/fleet/', 'core/access/', 'bot/understand/', 'bot/intents/', 'bot/views/', 'bot/draw.ts']

/** Where I/O may live. */
const worldly: readonly { readonly at: string; readonly why: string }[] = [
  { at: 'core/engine/', why: 'the shell' },
  { at: 'core/store/', why: 'journals, documents and the lock are files' },
  { at: 'core/config/', why: 'bot.config.yaml is a file' },
  { at: 'core/plugins/', why: 'it asks what this machine has' },
  { at: 'core/kit/hooks.ts', why: 'messages and answers lie in files that hooks of an agent take' },
  { at: 'core/kit/program.ts', why: 'kit/process: is a program there, and which one' },
  { at: 'core/kit/acp/wire.ts', why: 'a conversation over files and a FIFO with a running agent' },
  { at: 'core/kit/command.ts', why: 'kit/process: a command line of the user’s' },
  { at: 'core/kit/checkout.ts', why: 'kit/process: a workspace that is merged in' },
  { at: 'core/kit/git.ts', why: 'kit/process: git, asked in one way' },
  { at: 'core/kit/repository.ts', why: 'kit/process: a repository asked without a checkout' },
  { at: 'core/kit/tree.ts', why: 'kit/process: process trees' },
  { at: 'core/kit/runtime.ts', why: 'kit/process: what every runtime does alike' },
  { at: 'core/kit/mailbox.ts', why: 'the mailbox of a session is a file, written by its agent and read by the bot' },
  { at: 'core/kit/picture.ts', why: 'the fonts and the painter are files' },
  { at: 'core/kit/log.ts', why: 'the log is a file' },
  { at: 'core/kit/time.ts', why: 'it waits' },
  { at: 'plugins/', why: 'plugins touch the world' },
  { at: 'adapters/*/client.ts', why: 'an adapter’s only file with I/O' },
  { at: 'adapters/*/client/', why: 'the same, where it is a folder' },
  { at: 'adapters/console/socket.ts', why: 'a door: the unix socket' },
  { at: 'adapters/console/link.ts', why: 'a door: the side of the socket that a terminal has' },
  { at: 'adapters/console/guest.ts', why: 'a door: the side of the socket that the bot has' },
  { at: 'adapters/console/chat.ts', why: 'the program that a person’s terminal runs; it asks for the colours of its terminal' },
  { at: 'adapters/console/say.ts', why: 'the program behind "ao say"; the same' },
  { at: 'adapters/console/history.ts', why: 'no platform keeps what the console has shown' },
  { at: 'adapters/console/typing.ts', why: 'what was typed is kept for the next time' },
  { at: 'bot/main.ts', why: 'composition' },
  { at: 'bot/chats.ts', why: 'composition' },
  { at: 'bot/cli.ts', why: 'composition' },
  { at: 'bot/cli/', why: 'composition' },
  { at: 'bot/report.ts', why: 'it runs inside an agent, as a program of its own' },
  { at: 'bot/model/client.ts', why: 'a language model is asked over the network' },
]

/** Packages that touch nothing but what they are handed. Whatever is not here counts as I/O. */
const harmless = new Set([
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:readline',
  'node:stream',
  'node:string_decoder',
  'node:url',
  'node:util',
  'croner',
  'd3-scale',
  'fastest-levenshtein',
  'mdast',
  'mdast-util-from-markdown',
  'mdast-util-gfm',
  'micromark-extension-gfm',
  'ms',
  'p-limit',
  'picocolors',
  'string-width',
  'wrap-ansi',
  'yaml',
  'zod',
])

/** No platform, agent, tracker, forge or terminal has a place of its own in core. */
const foreignNames = new Set(
  'slack telegram discord claude codex opencode aider gemini goose cursor github gitlab linear jira tmux'.split(' '),
)
const foreignAllowed: readonly { readonly at: string; readonly name: string; readonly why: string }[] = [
  { at: 'core/kit/redact.ts', name: 'github', why: 'the shape of a secret: it must be known to be taken out' },
]

const root = join(import.meta.dirname, '..')
const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)

const fits = (path: string, pattern: string): boolean => {
  const source = pattern.replaceAll('.', '\\.').replaceAll('*', '[^/]+')
  return new RegExp(`^${source}${pattern.endsWith('/') ? '' : '$'}`).test(path)
}
const isIn = (path: string, patterns: readonly string[]): boolean => patterns.some((pattern) => fits(path, pattern))

/** `plugins/<slot>/<name>/` or the one file `plugins/<slot>/<name>.ts`; `adapters/<name>/`. */
const ownOf = (file: string): string => {
  const depth = file.startsWith('plugins/') ? 3 : 2
  const parts = file.split('/')
  return parts.length > depth ? `${parts.slice(0, depth).join('/')}/` : file
}

/** `plugins/<name>/`, for what is in `plugins/<slot>/<name>/`. */
const sharedOf = (file: string): string => `plugins/${file.split('/')[2]}/`

const arrowOf = (file: string): Arrow | undefined => arrows.find(({ from }) => fits(file, from))
const mayImport = (file: string, target: string): boolean =>
  isIn(
    target,
    (arrowOf(file)?.to ?? []).map((to) => (to === 'own' ? ownOf(file) : to === 'shared' ? sharedOf(file) : to)),
  )

type Source = { readonly file: string; readonly text: string; readonly tree: ts.SourceFile }
type Import = { readonly says: string; readonly target: string | null }

const sourceOf = (file: string, text: string): Source => ({
  file,
  text,
  tree: ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true),
})

/** All that a file imports: types, re-exports, `import()` of values and of types. `target` is null for a package. */
const importsOf = ({ file, text }: Source): readonly Import[] =>
  ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => {
    const found = ts.resolveModuleName(fileName, join(root, file), options, ts.sys).resolvedModule
    const isOurs = found && !found.isExternalLibraryImport && !fileName.startsWith('node:')
    if (isOurs) return { says: fileName, target: relative(root, found.resolvedFileName) }
    return { says: fileName, target: /^[./]/.test(fileName) ? `${fileName}, which is nowhere` : null }
  })

const walk = (node: ts.Node, see: (node: ts.Node) => void): void => {
  see(node)
  ts.forEachChild(node, (child) => walk(child, see))
}

/** The nodes of a file for which there is something to say. */
const findings = ({ tree }: Source, say: (node: ts.Node) => string | null): readonly string[] => {
  const found: string[] = []
  walk(tree, (node) => {
    const said = say(node)
    if (said !== null) found.push(`line ${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${said}`)
  })
  return found
}

/** `Date.now`, `setTimeout`, …: what it is the file asks the clock with. `new Date(at)` only converts. */
const clock = (node: ts.Node): string | null => {
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date' && !node.arguments?.length) return 'new Date()'
  if (ts.isPropertyAccessExpression(node) && node.getText() === 'Date.now') return 'Date.now'
  if (!ts.isIdentifier(node) || ts.isPropertyAccessExpression(node.parent)) return null
  return ['performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].includes(node.text) ? node.text : null
}

const performances = (node: ts.Node): string | null =>
  ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'performance' ? node.getText() : null

const chance = (node: ts.Node): string | null =>
  ts.isPropertyAccessExpression(node) && node.getText() === 'Math.random' ? 'Math.random' : null

const waiting = (node: ts.Node): string | null =>
  node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node) || (ts.isIdentifier(node) && node.text === 'Promise')
    ? node.getText()
    : null

/** The process and the network, without an import. */
const world = (node: ts.Node): string | null => {
  if (ts.isCallExpression(node) && node.expression.getText() === 'fetch') return 'fetch'
  const isOfProcess =
    ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && ['process', 'globalThis'].includes(node.expression.text)
  return isOfProcess ? node.getText() : null
}

const printing = (node: ts.Node): string | null =>
  ts.isPropertyAccessExpression(node) && /^console\.(?:log|error|warn|info|debug|trace|table|dir|group)$/.test(node.getText())
    ? node.getText()
    : null

const untyped = (node: ts.Node): string | null => (node.kind === ts.SyntaxKind.AnyKeyword ? (node.parent?.getText() ?? 'any') : null)

/** Imports that nobody can follow, and `require`. */
const hiddenImports = (node: ts.Node): string | null => {
  if (!ts.isCallExpression(node)) return null
  const [first] = node.arguments
  const isImport = node.expression.kind === ts.SyntaxKind.ImportKeyword
  if (isImport && !(first && ts.isStringLiteral(first))) return node.getText()
  return ['require', 'createRequire'].includes(node.expression.getText()) ? node.getText() : null
}

/** `isTmuxThere` holds tmux, and `GitHub` holds github. */
const wordsOf = (text: string): readonly string[] => `${text} ${text.replace(/([a-z])([A-Z])/g, '$1 $2')}`.toLowerCase().split(/[^a-z]+/)

const foreign =
  (file: string) =>
  (node: ts.Node): string | null => {
    if (node.getChildCount() > 0 || node.kind === ts.SyntaxKind.EndOfFileToken) return null
    const name = wordsOf(node.getText()).find(
      (word) => foreignNames.has(word) && !foreignAllowed.some((one) => one.at === file && one.name === word),
    )
    return name === undefined ? null : `${name} in ${node.getText().slice(0, 80)}`
  }

/** The shortest way from a file back to itself, for every file that has one. */
const cyclesIn = (graph: ReadonlyMap<string, readonly string[]>): readonly string[] => {
  const found = new Set<string>()
  for (const start of [...graph.keys()].sort()) {
    const queue: (readonly string[])[] = [[start]]
    const seen = new Set<string>()
    for (let path = queue.shift(); path; path = queue.shift()) {
      for (const next of graph.get(path.at(-1) ?? '') ?? []) {
        if (next === start) {
          if ([...path].sort()[0] === start) found.add([...path, start].join(' → '))
          queue.length = 0
          break
        }
        if (seen.has(next)) continue
        seen.add(next)
        queue.push([...path, next])
      }
    }
  }
  return [...found]
}

const sources = ['bot', 'core', 'adapters', 'plugins']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)))
  .filter((file) => /\.[cm]?tsx?$/.test(file))
  .map((file) => sourceOf(file, readFileSync(join(root, file), 'utf8')))

const broken = (say: (source: Source) => readonly string[], where: (file: string) => boolean = () => true): readonly string[] =>
  sources.filter(({ file }) => where(file)).flatMap((source) => say(source).map((said) => `${source.file} ${said}`))

const isWorldly = (file: string): boolean =>
  isIn(
    file,
    worldly.map(({ at }) => at),
  )

describe('the sources', () => {
  test('every source file has a row that says what it may import', () => {
    expect(sources.length).toBeGreaterThan(100)
    expect(sources.filter(({ file }) => !arrowOf(file)).map(({ file }) => file)).toEqual([])
  })

  test('nobody imports what their row does not allow', () => {
    expect(
      broken((source) =>
        importsOf(source).flatMap(({ target }) => (target === null || mayImport(source.file, target) ? [] : [`imports ${target}`])),
      ),
    ).toEqual([])
  })

  test('there are no cycles, types included', () => {
    expect(cyclesIn(new Map(sources.map((source) => [source.file, importsOf(source).flatMap(({ target }) => target ?? [])])))).toEqual([])
  })

  test('every import can be followed', () => {
    expect(broken((source) => findings(source, hiddenImports))).toEqual([])
  })

  test('only a folder’s own index hands on what others export', () => {
    expect(
      broken(
        (source) => findings(source, (node) => (ts.isExportDeclaration(node) && node.moduleSpecifier ? node.getText() : null)),
        (file) => !file.endsWith('/index.ts'),
      ),
    ).toEqual([])
  })

  test('I/O lives only where the list says', () => {
    expect(
      broken(
        (source) => [
          ...importsOf(source).flatMap(({ says, target }) => (target === null && !harmless.has(says) ? [`imports ${says}`] : [])),
          ...findings(source, world),
        ],
        (file) => !isWorldly(file) && !fits(file, 'core/contracts/'),
      ),
    ).toEqual([])
  })

  test('contracts name no package but zod', () => {
    expect(
      broken(
        (source) => importsOf(source).flatMap(({ says, target }) => (target === null && says !== 'zod' ? [`imports ${says}`] : [])),
        (file) => isIn(file, ['core/contracts/', 'bot/contracts/']),
      ),
    ).toEqual([])
  })

  /** Packages that only compute, where a pure folder needs one. */
  const computing: Readonly<Record<string, readonly string[]>> = {
    'bot/understand/shape.ts': ['zod'],
    'bot/understand/typo.ts': ['fastest-levenshtein'],
  }

  test('what is pure has no package but one that only computes, no clock, no chance and nothing to wait for', () => {
    const says = [clock, performances, chance, waiting, world]
    expect(
      broken(
        (source) => [
          ...importsOf(source).flatMap(({ target, says }) =>
            target === null && !computing[source.file]?.includes(says) ? [`imports ${says}`] : [],
          ),
          ...says.flatMap((say) => findings(source, say)),
        ],
        (file) => isIn(file, pure),
      ),
    ).toEqual([])
  })

  test('clock and timers reach the bot as values', () => {
    expect(
      broken(
        (source) => [clock, performances, chance].flatMap((say) => findings(source, say)),
        (file) => file.startsWith('bot/') && !isWorldly(file) && !isIn(file, pure),
      ),
    ).toEqual([])
  })

  test('core knows no platform, agent, tracker or forge by name', () => {
    expect(
      broken(
        (source) => findings(source, foreign(source.file)),
        (file) => file.startsWith('core/'),
      ),
    ).toEqual([])
  })

  test('nothing is untyped', () => {
    expect(broken((source) => findings(source, untyped))).toEqual([])
  })

  test('only the command line prints', () => {
    expect(
      broken(
        (source) => findings(source, printing),
        (file) => !isIn(file, ['bot/cli.ts', 'bot/cli/']),
      ),
    ).toEqual([])
  })

  test('every row of the lists is about something that is there', () => {
    const planned = ['adapters/*/client.ts', 'adapters/*/client/']
    const rows = [...arrows.map(({ from }) => from), ...pure, ...worldly.map(({ at }) => at), ...foreignAllowed.map(({ at }) => at)]
    expect(rows.filter((row) => !planned.includes(row) && !sources.some(({ file }) => fits(file, row)))).toEqual([])
  })
})

describe('the rules see what they are for', () => {
  test.each([
    ['bot/views/alerts.ts', 'core/contracts/session.ts', true],
    ['bot/views/alerts.ts', 'core/session/headline.ts', false],
    ['bot/bot.ts', 'core/store/memory.ts', false],
    ['bot/bot.ts', 'adapters/console/index.ts', false],
    ['bot/main.ts', 'adapters/console/index.ts', true],
    ['bot/cli/start.ts', 'core/config/load.ts', true],
    ['bot/report.ts', 'core/kit/mailbox.ts', true],
    ['bot/report.ts', 'core/contracts/agent.ts', false],
    ['bot/contracts/card.ts', 'bot/faults.ts', false],
    ['core/contracts/fact.ts', 'core/kit/fault.ts', false],
    ['core/session/decide.ts', 'core/kit/fault.ts', true],
    ['core/session/decide.ts', 'core/fleet/decide.ts', false],
    ['core/session/decide.ts', 'core/kit/command.ts', false],
    ['core/kit/text.ts', 'core/session/decide.ts', false],
    ['core/engine/ring.ts', 'core/session/decide.ts', true],
    ['core/engine/ring.ts', 'plugins/index.ts', false],
    ['plugins/index.ts', 'plugins/scm/local/index.ts', true],
    ['plugins/scm/local/merge.ts', 'plugins/scm/local/read.ts', true],
    ['plugins/scm/local/merge.ts', 'plugins/tracker/local/key.ts', false],
    ['plugins/terminal/attach.ts', 'plugins/terminal/other.ts', false],
    ['plugins/terminal/attach.ts', 'core/engine/ring.ts', false],
    ['adapters/console/render.ts', 'adapters/console/view.ts', true],
    ['adapters/console/render.ts', 'adapters/other/view.ts', false],
    ['adapters/console/render.ts', 'core/contracts/session.ts', false],
  ])('%s → %s: %s', (from, to, isAllowed) => {
    expect(mayImport(from, to)).toBe(isAllowed)
  })

  test('imports of every kind are found, and resolved as the compiler does', () => {
    const text = `
      import { a } from './contracts/card.ts'
      import type { b } from '../core/contracts/session.ts'
      export * from './faults.ts'
      const c = await import('./draw.ts')
      type D = import('./report.ts').Streams
      import 'node:fs'
      // import './nowhere.ts'
      const words = "import './nowhere.ts'"`
    expect(importsOf(sourceOf('bot/x.ts', text)).map(({ says, target }) => target ?? says)).toEqual([
      'bot/contracts/card.ts',
      'core/contracts/session.ts',
      'bot/faults.ts',
      'bot/draw.ts',
      'bot/report.ts',
      'node:fs',
    ])
    const [lost] = importsOf(sourceOf('bot/main.ts', "import './nowhere.ts'"))
    expect(mayImport('bot/main.ts', lost?.target ?? '')).toBe(false)
  })

  test.each([
    [clock, 'const a = Date.now', true],
    [clock, 'const a = Date.now()', true],
    [clock, 'const a = new Date()', true],
    [clock, 'const a = new Date', true],
    [clock, 'const a = new Date(at).toISOString()', false],
    [clock, 'setTimeout(() => {}, 5)', true],
    [clock, '// Date.now()\nconst a = "Date.now()"', false],
    [performances, 'performance.now()', true],
    [chance, 'Math.random()', true],
    [waiting, 'const a = async () => {}', true],
    [waiting, 'const a = await b', true],
    [waiting, 'type A = Promise<void>', true],
    [waiting, 'const a = "await"', false],
    [world, 'process.env.HOME', true],
    [world, 'fetch("http://x")', true],
    [world, 'const a = { process: 1 }', false],
    [printing, 'console.log(1)', true],
    [printing, 'console.platform', false],
    [untyped, 'const a: any = 1', true],
    [untyped, 'const a = b as any', true],
    [untyped, 'const any = 1', false],
    [hiddenImports, 'import(name)', true],
    [hiddenImports, 'import("./a.ts")', false],
    [hiddenImports, 'require("node:fs")', true],
    [foreign('core/x.ts'), 'const a = "runtime: tmux"', true],
    [foreign('core/x.ts'), 'const isTmuxThere = 1', true],
    [foreign('core/x.ts'), 'const a = `on GitHub`', true],
    [foreign('core/x.ts'), '/** tmux */ const a = 1 // slack', false],
    [foreign('core/x.ts'), 'const precursor = "linearly"', false],
    [foreign('core/kit/redact.ts'), 'const a = /github_pat_/', false],
  ] as const)('%o of %j: %s', (say, text, isSeen) => {
    expect(findings(sourceOf('x.ts', text), say).length > 0).toBe(isSeen)
  })

  test('a cycle is found once, wherever one comes in', () => {
    const graph = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['b', 'd']],
      ['d', []],
    ])
    expect(cyclesIn(graph)).toEqual(['b → c → b'])
    expect(cyclesIn(new Map([['a', ['a']]]))).toEqual(['a → a'])
  })
})
