import { runChat } from '../../../dist/adapters/console/index.js'

/**
 * A chat in a terminal of its own, for tests: `<socket> <history>`. It runs the built code: reading the sources anew for each terminal
 * would take three times the processor, and five terminals open at once.
 */
const [socketPath = '', historyFile = ''] = process.argv.slice(2)
const { stdin: input, stdout: output } = process
const columns = () => output.columns ?? 80
process.exitCode = await runChat({ socketPath, input, output, columns, isColoured: output.isTTY === true, historyFile, isUnicode: true })
if (output.isTTY) output.write(`left with ${process.exitCode}\n`)
