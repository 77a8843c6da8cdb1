import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { openGit } from '../../core/kit/git.ts'

/** Where the pieces of a demo are. */
export const demoPlaces = (folder: string) => ({
  project: join(folder, 'calc'),
  remote: join(folder, 'calc.git'),
  script: join(folder, 'agent.yaml'),
  config: join(folder, 'bot.config.yaml'),
  data: join(folder, 'data'),
})

/** The project's own check; whether the fix works is asked of the code on the remote. */
export const proof = `import { add } from './calc.mjs'\nif (add(2, 3) !== 5) throw new Error('add(2, 3) is ' + add(2, 3))\n`

const files: Readonly<Record<string, string>> = {
  'README.md': '# calc\n\nFour sums. Two of them are wrong; the issues say which.\n',
  'calc.mjs': `/** The sum of two numbers. */
export const add = (a, b) => {
  return a - b
}

/** How often b goes into a. */
export const divide = (a, b) => {
  return a / b
}
`,
  'test.mjs': `import assert from 'node:assert/strict'
import { add } from './calc.mjs'

assert.equal(add(2, 3), 5)
assert.equal(add(-1, 1), 0)
console.log('2 tests passed')
`,
  'style.mjs': `import { readFileSync } from 'node:fs'

const lines = readFileSync('calc.mjs', 'utf8').split('\\n')
const bad = lines.flatMap((line, index) => (line.includes('console.log') ? ['calc.mjs:' + (index + 1) + ': no console.log in library code'] : []))
if (bad.length > 0) {
  console.error(bad.join('\\n'))
  process.exit(1)
}
console.log('style is fine')
`,
  '.ao/issues/1-add-subtracts.md': `---
title: add() subtracts
state: open
author: ana
---

\`add(2, 3)\` gives -1. It should give 5, and the tests should pass.
`,
  '.ao/issues/2-divide-by-zero.md': `---
title: divide() by zero gives Infinity
state: open
author: bob
---

Callers cannot tell a mistake from a result. Decide what it should do, and do it.
`,
  '.gitignore': 'node_modules/\n',
}

/** What the demo's agent does: a first try that passes the tests and fails the style check, then, told of it, a second. */
const script = {
  tasks: {
    '#1': [
      { say: 'Reading calc.mjs …' },
      { sleep: 600 },
      { replace: { file: 'calc.mjs', from: '  return a - b', to: "  console.log('adding', a, b)\n  return a + b" } },
      { commit: 'Make add() add' },
      { report: 'done', text: 'add() adds now; the tests pass.' },
      { idle: 'add() adds now; the tests pass.' },
      { wait: 'message' },
      { say: 'A check is red: taking the console.log out again.' },
      { sleep: 600 },
      { replace: { file: 'calc.mjs', from: "  console.log('adding', a, b)\n", to: '' } },
      { commit: 'Take the debug output out' },
      { report: 'done', text: 'Took the debug output out; style and tests pass.' },
      { idle: 'Style and tests pass.' },
    ],
    '#2': [
      { say: 'Reading calc.mjs …' },
      { sleep: 600 },
      {
        ask: {
          text: 'What should divide(1, 0) do?',
          options: ['Throw a RangeError', 'Return null'],
          answers: {
            '1': [
              {
                replace: {
                  file: 'calc.mjs',
                  from: '  return a / b',
                  to: "  if (b === 0) throw new RangeError('division by zero')\n  return a / b",
                },
              },
            ],
            '2': [{ replace: { file: 'calc.mjs', from: '  return a / b', to: '  return b === 0 ? null : a / b' } }],
            other: [
              {
                replace: {
                  file: 'calc.mjs',
                  from: '  return a / b',
                  to: "  if (b === 0) throw new RangeError('division by zero')\n  return a / b",
                },
              },
            ],
          },
        },
      },
      { commit: 'Decide what divide() does by zero' },
      { report: 'done', text: 'divide() by zero does what you chose.' },
      { idle: 'Done as you chose.' },
      { wait: 'message' },
      { say: 'The test of add() is red, too: that is issue #1, and one line.' },
      { sleep: 600 },
      { replace: { file: 'calc.mjs', from: '  return a - b', to: '  return a + b' } },
      { commit: 'Make add() add, so that the tests pass' },
      { report: 'done', text: 'add() adds now as well; the tests pass.' },
      { idle: 'The tests pass.' },
    ],
  },
  default: [
    { say: 'I only know the two issues of this demo, so I write down what you said.' },
    { sleep: 600 },
    { run: 'echo "- $(date -u +%F): somebody asked for something" >> NOTES.md' },
    { commit: 'Write down what was asked for' },
    { report: 'done', text: 'I follow a script: I wrote a note and changed nothing else.' },
    { idle: 'That is all I can do in a demo.' },
  ],
  resume: [{ say: 'Going on where I stopped.' }],
}

/**
 * Makes the demo's project, its remote, its agent's script and its config; what is there already is left as it is. `agent` null: the
 * one that follows the script.
 */
export const makeDemo = async (
  folder: string,
  { runtime, agent }: { readonly runtime: string; readonly agent: string | null },
): Promise<ReturnType<typeof demoPlaces>> => {
  const places = demoPlaces(folder)
  if (existsSync(places.config)) return places
  for (const [name, text] of Object.entries(files)) {
    const path = join(places.project, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }
  const identity = {
    GIT_AUTHOR_NAME: 'ana',
    GIT_AUTHOR_EMAIL: 'ana@example.com',
    GIT_COMMITTER_NAME: 'ana',
    GIT_COMMITTER_EMAIL: 'ana@example.com',
  }
  const git = openGit(places.project, { env: identity })
  await git.raw('init', '--quiet', '--initial-branch=main')
  await git.raw('add', '-A')
  await git.raw('commit', '--quiet', '-m', 'calc, with two bugs')
  await git.raw('clone', '--quiet', '--bare', places.project, places.remote)
  await writeFile(places.script, stringify(script))
  await writeFile(places.config, stringify(configOf(places, { runtime, agent })))
  return places
}

const configOf = (
  places: ReturnType<typeof demoPlaces>,
  { runtime, agent }: { readonly runtime: string; readonly agent: string | null },
) => ({
  data: places.data,
  projects: {
    calc: {
      path: places.project,
      agent: agent ?? { use: 'scripted', script: places.script },
      scm: {
        use: 'local',
        remote: places.remote,
        checks: [
          { name: 'test', run: 'node test.mjs', timeout: '1m' },
          { name: 'style', run: 'node style.mjs', timeout: '1m' },
        ],
      },
    },
  },
  plugins: { runtime },
  watch: { agents: '1s', changes: '2s' },
})
