import { normalize } from 'node:path'
import { z } from 'zod'
import { parseDuration } from '../../../core/kit/time.ts'

/** What can be set for a workspace of either kind. */
export const options = z.strictObject({
  folder: z
    .string()
    .min(1)
    .optional()
    .describe('Where workspaces are made, one folder for each session; relative to the project. Default: in the data folder.'),
  link: z
    .array(z.string().refine(isInside, 'must be a path inside the project, like ".env" or "node_modules"'))
    .default([])
    .describe(
      'Paths of the project’s checkout that are symlinked into each workspace when they exist, like .env or node_modules. Those that git would show as untracked are added to the repository’s info/exclude.',
    ),
  setup: z.array(z.string().min(1)).default([]).describe('Shell command lines that run once in each new workspace, in this order.'),
  setupTimeout: z
    .string()
    .default('10m')
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms !== null && ms > 0) return ms
      context.addIssue({ code: 'custom', message: `"${text}" is not a duration like "10m" or "90s"` })
      return z.NEVER
    })
    .describe('How long all setup commands together may take, like "10m".'),
})
export type Options = z.infer<typeof options>

function isInside(path: string): boolean {
  const clean = normalize(path)
  return (
    path !== '' &&
    !clean.startsWith('..') &&
    !clean.startsWith('/') &&
    clean !== '.' &&
    clean !== './' &&
    !clean.startsWith('.git/') &&
    clean !== '.git'
  )
}
