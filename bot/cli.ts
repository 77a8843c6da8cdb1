#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'

/*
 * The `ao` command. Everything is imported when it is needed: `ao --version` and `ao report` (which agents call) must start
 * in the time that Node itself takes.
 */
const [first, ...rest] = process.argv.slice(2)
if (first === '--version' || first === '-V') {
  const { version } = JSON.parse(
    readFileSync(new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url), 'utf8'),
  ) as { version: string } // our own file
  process.stdout.write(`ao ${version}\n`)
} else if (first === 'report') {
  const { report } = await import('./report.ts')
  process.exitCode = await report(rest, process.env)
} else {
  // A bot lives long and keeps little: without this the young generation alone grows past what 200 sessions need.
  setFlagsFromString('--max-semi-space-size=4')
  setFlagsFromString('--semi-space-growth-factor=1')
  const { run } = await import('./cli/program.ts')
  process.exitCode = await run(process.argv)
}
