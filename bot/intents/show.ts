import type { Intent } from '../contracts/intent.ts'
import { aboutSession } from './session.ts'

const going =
  '(going|doing|looking|coming along|coming|progressing|getting on|getting along|moving|holding up|faring|standing|proceeding|working out|advancing)'
const state = '(status|state|progress|news|update|updates|story|word|latest|details|info|information|situation|outlook)'

/** Shows how far one session is, with its change, its checks and what it waits for. */
export const show: Intent = {
  name: 'show',
  summary: 'Shows how far one session is, with its change, its checks and what it waits for.',
  forms: [
    '(show|open|status) {reference}',
    '(how|where) is {reference} [(going|doing)]',
    '(show|show it|how is it going)',
    { form: 'status', where: 'thread' },
  ],
  phrases: [
    `<show> [about] {reference}`,
    `<show> ${state} (of|on|for|with|about|from) [(work|task|issue)] [(of|on|for)] {reference}`,
    `[(what is|whats|any|give me|need|got|is there|are there|do (we|you) have|quick|short|current)] [any] ${state} (of|on|for|with|about|from) {reference}`,
    `[what is] {reference} ${state}`,
    `[tell me|know|can you tell|do you know] how (is|are|goes) [(work|things|it)] [(on|with)] {reference} [is] [${going}]`,
    `[tell me] how {reference} is [${going}]`,
    `(how far|how much further|where) (is|has|are|did|along is) [we|you|it] [(with|on|in)] {reference} [(at|got|gotten|get|come|along|standing|now)]`,
    'where (are|do|did) (we|things) [stand] (on|with|regarding|about) {reference}',
    '(check|check on|check in on|look at|peek at|what about|how about|tell me about|more about|describe|summarize|summarise) {reference}',
    'what is {reference} [(up to|doing|working on|busy with|about|at)]',
    'what is up with {reference}',
    '{session}',
    { form: `(how|what) is <it> [(status|state)] [${going}]`, where: 'thread' },
    { form: `how (is it|are (things|you|we)|goes it|is (everything|things|this one|that)) [${going}]`, where: 'thread' },
    { form: 'where (are|do) (we|you|things) [stand|at|standing] [(on|with) <it>]', where: 'thread' },
    {
      form: `[(any|give me|need|got|is there [any]|are there [any]|quick|short|what is|whats|<show>)] [(quick|short|current|latest)] (status|state|progress|news|update|updates|status update|status report|state of (play|things|affairs)) [(on|of|with|for|about|from) (<it>|you|things)]`,
      where: 'thread',
    },
    {
      form: '(is|are) (<it>|you|we) [(all|nearly|almost)] (done|finished|ready|there|complete|green|merged|mergeable|ready to merge|good to go|stuck) [with <it>]',
      where: 'thread',
    },
    { form: '(done|finished|ready|are we there|all done)', where: 'thread' },
    { form: 'where is <it> [(at|standing|now|going)]', where: 'thread' },
    { form: 'show <it>', where: 'thread' },
    { form: '(is|are) (<it>|you) (running|working|alive|active|going|at it|on it|busy|moving|there)', where: 'thread' },
    { form: 'how far (are you|is <it>|along are you|along is <it>|are we|did you get|have you got|did <it> get) [along]', where: 'thread' },
    { form: '(what is|whats) (going on|happening|up|new)', where: 'thread' },
    { form: '(should|can|could|shall|may) (we|i) (merge|ship|land|approve|stop|kill|restart|retry) (<it>|now|already)', where: 'thread' },
    { form: '(is <it>|is it) (safe|ok|okay|ready|fine|good|time) to (merge|ship|go|stop|approve|land) [<it>]', where: 'thread' },
    { form: '(can|could) <it> be (merged|shipped|stopped|approved|landed)', where: 'thread' },
    { form: '(what are you|what is <it>) (up to|doing|working on|busy with)', where: 'thread' },
  ],
  takes: ['session', 'task', 'change', 'project'],
  about: 'session',
  examples: [
    { say: 'show app-3', means: { question: { name: 'show', session: 'app-3' } } },
    { say: 'how is #42 going?', means: { question: { name: 'show', session: 'app-3' } } },
    { say: 'status', in: 'thread', means: { question: { name: 'show', session: 'app-3' } } },
  ],
  role: 'viewer',
  risk: 'read',
  means: (slots, context) => aboutSession(slots, context, (session) => ({ question: { name: 'show', session } })),
}
