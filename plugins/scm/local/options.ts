import { z } from 'zod'
import { fingerprint, slug } from '../../../core/kit/text.ts'
import { parseDuration } from '../../../core/kit/time.ts'

const duration = z
  .string()
  .refine((text) => (parseDuration(text) ?? 0) > 0, { error: 'must be a duration with its unit, such as "90s" or "10m"' })

const check = z.strictObject({
  name: z.string().min(1).max(80).describe('How people and agents read it, such as "test" or "lint".'),
  run: z
    .string()
    .min(1)
    .describe(
      'A shell command line, run in a checkout of exactly the commit with PATH, HOME, CI=true and AO_COMMIT. It passes when it exits with 0.',
    ),
  timeout: duration.default('10m').describe('It fails after so long.'),
})

/** What can be set for the local forge of a project. */
export const options = z.strictObject({
  remote: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The bare repository that is the remote: absolute, or from the project's folder. Made on first use when nothing is there. Default: remotes/<project>.git in the data folder.",
    ),
  checks: z
    .array(check)
    .default([])
    .refine((list) => new Set(list.map(({ name }) => slug(name))).size === list.length, { error: 'two checks have the same name' })
    .describe('The commands that must pass for each head commit of an open change. Default: none, and changes then have no checks.'),
  parallelChecks: z.int().min(1).max(64).default(2).describe('So many checks of this project run at once.'),
  logLines: z.int().min(1).max(10_000).default(40).describe("Lines of a failing check's log that are told."),
  logBytes: z.int().min(80).max(1_000_000).default(8192).describe("Bytes of a failing check's log that are told, at most."),
  protect: z.boolean().default(false).describe('Refuses a merge while checks of its head commit fail or have not ended.'),
  deleteBranch: z.boolean().default(true).describe('Deletes the branch in the remote once its change is merged.'),
})
export type Options = z.infer<typeof options>

/** A check with every blank filled in. `key` changes with what is run, so a result of another command does not count. */
export type CheckSpec = { readonly name: string; readonly run: string; readonly timeoutMs: number; readonly key: string }

/** The checks as the runner takes them. */
export const checkSpecs = ({ checks }: Options): readonly CheckSpec[] =>
  checks.map(({ name, run, timeout }) => {
    const timeoutMs = parseDuration(timeout) ?? 0 // the schema refused what is none
    return { name, run, timeoutMs, key: fingerprint(`${run}\n${timeoutMs}`) }
  })
