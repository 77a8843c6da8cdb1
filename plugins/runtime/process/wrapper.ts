import type { ProcessSpec } from '../../../core/contracts/runtime.ts'
import { becomeLines } from '../../../core/kit/runtime.ts'

/** Where the process gets its standard input from: a pipe we can write to later, a file written before, or nothing. */
export type Input = 'pipe' | 'file' | 'none'

/** What a run leaves in its folder. */
export const names = { launcher: 'launch.sh', pid: 'pid', status: 'status', output: 'output', pipe: 'input', stdin: 'stdin' } as const

/**
 * The `sh` script that runs the process, waits for it and writes down how it ended. It is started in the run's folder with
 * nothing but the mark in its environment. Two of one run may be started (a crash before we knew of the first): whoever
 * makes the link `pid` goes on, the other ends, so there is never a second process.
 */
export const wrapperText = (spec: ProcessSpec, input: Input): string =>
  [
    // All is ready before the link is made: who sees it may paste.
    ...inputLines[input],
    // The 20th word after the name is the start time, as `processRow` reads it; elsewhere `ps` tells it.
    `if [ -r /proc/$$/stat ]; then read -r line </proc/$$/stat; set -- \${line##*) }; shift 19; started=$1`,
    'else started=$(command -p ps -o lstart= -p $$); fi',
    'printf "%s %s\\n" "$$" "$started" >pid.$$',
    `if ! command -p ln pid.$$ ${names.pid} 2>/dev/null; then command -p rm -f pid.$$; exit 0; fi`,
    `command -p rm -f pid.$$ ${names.launcher} ${names.stdin}`,
    'trap : HUP INT QUIT TERM',
    '(',
    ...becomeLines(spec),
    `) <&3 3<&- >>${names.output} 2>&1`,
    `printf "%s\\n" $? >${names.status}`,
    '',
  ].join('\n')

/** Opened for reading and writing, a pipe neither waits for its other side nor ends with it. */
const inputLines: Readonly<Record<Input, readonly string[]>> = {
  pipe: [`command -p mkfifo -m 600 ${names.pipe} 2>/dev/null`, `exec 3<>${names.pipe}`],
  file: [`exec 3<${names.stdin}`],
  none: ['exec 3</dev/null'],
}

/** The command that starts it, in the run's folder. */
export const wrapperCommand: readonly [string, string] = ['/bin/sh', names.launcher]

/** What a person types to look at the output. */
export const followCommand = (outputPath: string): readonly string[] => ['tail', '-n', '200', '-f', outputPath]
