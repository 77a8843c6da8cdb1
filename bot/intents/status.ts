import { type Intent, statusFilters } from '../contracts/intent.ts'

/** Lists the sessions: all, or those that are stuck, mergeable, failing, running, queued, ended or need you. */
export const status: Intent = {
  name: 'status',
  summary: 'Lists the sessions: all, or those that are stuck, mergeable, failing, running, queued, ended or need you.',
  forms: [
    '(status|board|list|sessions)[ {filter}][ in {project}]',
    "(what is|what's|what’s|whats) {filter}",
    '{word:mergeable=what can i merge}',
    '{word:needs-me=who needs me|what needs me}',
  ],
  examples: [
    { say: 'status', means: { question: { name: 'status', filter: null, project: null } } },
    { say: 'status failing', means: { question: { name: 'status', filter: 'failing', project: null } } },
    { say: "what's stuck?", means: { question: { name: 'status', filter: 'stuck', project: null } } },
    { say: 'what can I merge?', means: { question: { name: 'status', filter: 'mergeable', project: null } } },
    { say: 'who needs me?', means: { question: { name: 'status', filter: 'needs-me', project: null } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: ({ filter, flags, project }) => ({
    question: { name: 'status', filter: statusFilters.find((one) => one === (filter ?? flags?.[0])) ?? null, project: project ?? null },
  }),
}
