import type { Intent } from '../contracts/intent.ts'

/** Lists what waits for a free slot, in order, and why. */
export const queue: Intent = {
  name: 'queue',
  summary: 'Lists what waits for a free slot, in order, and why.',
  forms: ['(queue|what is waiting)'],
  phrases: [
    '(<show>|list) [current|whole|full|task|wait|waiting] (queue|backlog|line|waiting list|waitlist|list of waiting tasks)',
    '[<be>] [there] <anything> [that] [<be>] (queued [up]|in [the] (queue|line)|waiting in [the] (queue|line)|next in (line|queue)|up next|coming up [next]|lined up|(waiting|pending) to (start|be started)|waiting for a [free] (slot|agent)) [to (start|run)]',
    '(what|who|which) (is|are|comes|runs|starts|goes|will be|task is|tasks are|will) [up] (next|started next|start next|next up|waiting|run next|be next) [in (line|queue)]',
    'how (long|big|full|deep) is [the] (queue|line|backlog|waiting list)',
    'how many (tasks|sessions|things|issues)  [<be>] [there] (queued|in queue|waiting|in line|pending|are queued|are waiting|are in queue) [in queue]',
    '(list|show) [me] (queued|waiting|pending) (tasks|sessions|things|issues)',
    'queue (status|length|size)',
    'what is in line',
  ],
  takes: [],
  about: 'nothing',
  examples: [{ say: 'queue', means: { question: { name: 'queue' } } }],
  role: 'viewer',
  risk: 'read',
  means: () => ({ question: { name: 'queue' } }),
}
