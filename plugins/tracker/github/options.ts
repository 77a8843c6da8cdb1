import { z } from 'zod'
import { githubFields, oneCredential } from '../../github/options.ts'

const intake = z
  .strictObject({
    label: z
      .string()
      .trim()
      .min(1)
      .max(50)
      .regex(/^[^,]*$/, 'Name one label; a comma would make two of it.')
      .optional()
      .describe('Open issues with this label start by themselves.'),
    assignee: z
      .string()
      .regex(/^[\w-]{1,100}(?:\[bot\])?$/, 'Write "me" or the login of an account.')
      .optional()
      .describe('Open issues that are assigned to this account start by themselves: `me` for the one the bot acts as, or a login.'),
  })
  .refine(({ label, assignee }) => label !== undefined || assignee !== undefined, { error: 'Write a label, an assignee, or both.' })

/** The options of the tracker "github". */
export const options = z
  .strictObject({
    ...githubFields,
    intake: intake.optional().describe('Which issues start without anybody’s word; with both, either is enough. Default: none.'),
    comments: z.int().min(0).max(100).default(30).describe('So many comments of an issue are read, the newest.'),
    mostTasks: z.int().min(1).max(1_000).default(300).describe('So many open issues are listed, the newest.'),
  })
  .superRefine(oneCredential)

/** As a config that was read has them. */
export type Options = z.infer<typeof options>
export type Intake = z.infer<typeof intake>
