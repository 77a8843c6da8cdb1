import { runChat, sayOnce } from '../../../adapters/console/index.ts'

/** A terminal of its own for tests: `chat <socket> <history>` or `say <socket> <text>`. */
const [what, socketPath = '', rest = ''] = process.argv.slice(2)
const isColoured = process.stdout.isTTY === true
const columns = () => process.stdout.columns ?? 80
process.exitCode =
  what === 'say'
    ? await sayOnce({ socketPath, text: rest, output: process.stdout, timeoutMs: 5_000, isColoured })
    : await runChat({ socketPath, input: process.stdin, output: process.stdout, columns, isColoured, historyFile: rest, isUnicode: true })
if (process.stdout.isTTY) process.stdout.write(`left with ${process.exitCode}\n`)
