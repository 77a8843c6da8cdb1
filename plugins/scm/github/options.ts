import { z } from 'zod'
import { githubFields, oneCredential } from '../../github/options.ts'
import { webhookFields } from './webhooks.ts'

const login = z.string().regex(/^(?:[\w-]{1,39}\/)?[\w.-]{1,100}$/, 'Write a login, or a team as organisation/team.')

/** What can be set for a project whose changes are pull requests on GitHub. */
export const options = z
  .strictObject({
    ...githubFields,
    reviewers: z.record(z.string().min(1), z.string().trim().regex(/^\S+$/, 'A token has no spaces.')).default({}).meta({
      description: `Tokens of people, as person → \`\${NAME}\` of a variable: what they decide in a chat becomes a review of their own. Of others it is a comment that says who.`,
      isSecret: true,
    }),
    deleteBranch: z.boolean().default(true).describe('Deletes the branch once its change is merged.'),
    autoMerge: z
      .boolean()
      .default(true)
      .describe('Has GitHub merge by itself when it still waits for checks or reviews, where the repository allows it.'),
    draft: z.boolean().default(false).describe('Opens changes as drafts.'),
    labels: z.array(z.string().min(1).max(50)).default([]).describe('Labels that a change gets when it is opened.'),
    reviewRequests: z
      .array(login)
      .default([])
      .describe('Who is asked for a review when a change is opened: logins, and teams as organisation/team.'),
    botComments: z
      .boolean()
      .default(false)
      .describe('Tells agents what bots write below a change (coverage, previews), too, and not their review threads alone.'),
    outsiders: z
      .boolean()
      .default(false)
      .describe('Tells agents what people without rights in the repository write, too. Without it only people read that.'),
    logLines: z.int().min(1).max(10_000).default(40).describe("Lines of a failing check's log that are told."),
    logBytes: z.int().min(80).max(1_000_000).default(8192).describe("Bytes of a failing check's log that are told, at most."),
    ...webhookFields,
  })
  .superRefine(oneCredential)

export type Options = z.infer<typeof options>
