import type { Intent } from '../contracts/intent.ts'

const old =
  '[(all|every|any)] [(finished|old|ended|done|stale|merged|closed|dead|leftover|left over|unused|completed|stopped|failed|orphaned)] (sessions|worktrees|workspaces|branches|stuff|ones|everything|tasks|leftovers|worktree|workspace|mess|things|agents)'

/** Says what there is to clean up; each is cleared by its own button. */
export const cleanup: Intent = {
  name: 'cleanup',
  summary: 'Says what there is to clean up; each is cleared by its own button.',
  forms: ['cleanup', { form: 'clean up', where: 'outside' }],
  phrases: [
    {
      form: `(clean up|cleanup|tidy up|tidy|clean|clear|clear out|remove|sweep|sweep up|prune|purge|garbage collect) ${old} [(that|which) are (finished|done|ended|merged|not needed|no longer needed)]`,
      where: 'outside',
    },
    {
      form: '(run|do|start|make|perform|show|time for|execute) [me] [a|some] (cleanup|clean up|clean-up|cleaning up|cleaning|tidy up|housekeeping|gc|garbage collection)',
      where: 'outside',
    },
    {
      form: '(what|anything|is there anything|is there something|something) (can be|to be|needs to be|could be|to) (cleaned up|cleared|tidied up|cleaned|removed|clean up|tidy up|clear)',
      where: 'outside',
    },
    { form: '(tidy up|clean-up|tidy|clean house|housekeeping|gc)', where: 'outside' },
    { form: 'what can (i|we|you) (clean up|tidy up|clear|remove)', where: 'outside' },
  ],
  takes: [],
  about: 'nothing',
  examples: [{ say: 'cleanup', means: { question: { name: 'cleanup' } } }],
  role: 'operator',
  risk: 'read',
  means: () => ({ question: { name: 'cleanup' } }),
}
