import { covers, roleIn } from '../core/access/authorise.ts'
import { fault as denied } from '../core/access/faults.ts'
import type { Person } from '../core/contracts/access.ts'
import type { Fact } from '../core/contracts/fact.ts'
import { currentChange, type Session, used } from '../core/contracts/session.ts'
import { counted, plain, tail } from '../core/kit/text.ts'
import type { Card } from './contracts/card.ts'
import type { Intent, Question, QuestionName } from './contracts/intent.ts'
import type { Reads } from './contracts/reads.ts'
import { costCard } from './costs.ts'
import { askedDigest, comingHere, type DigestAsker } from './digest/ask.ts'
import { standingOf } from './draw.ts'
import { howManyEnded, newestEnded } from './ended.ts'
import { fault } from './faults.ts'
import { adoptCard } from './views/adopt.ts'
import { peopleList, projectList, reply, whoami } from './views/answers.ts'
import { board, endedBoard, filters, queueCard, type Row } from './views/board.ts'
import { usageLines } from './views/cost.ts'
import { factWords } from './views/facts.ts'
import { help } from './views/help.ts'
import { headlineWords, saysLine, sessionCard } from './views/session.ts'

/** Who asks, and in answer to what. */
export type Asker = DigestAsker & {
  readonly account: string
  readonly refusal: { readonly what: string; readonly hint: string } | null
  readonly intents: readonly Intent[]
}

type QuestionOf<N extends QuestionName> = Extract<Question, { name: N }>
type Answers = { readonly [N in QuestionName]: (question: QuestionOf<N>, reads: Reads, asker: Asker) => Promise<Card> | Card }

/** Answers a question by reading what whoever asks may see. @throws {Fault} NO_SUCH_SESSION, ACCESS_DENIED */
export const answerTo = async (question: Question, all: Reads, asker: Asker): Promise<Card> => {
  const reads = seenBy(all, asker.who)
  // The table pairs each question with its own answer, which the compiler cannot see through the union.
  return (answers[question.name] as (question: Question, reads: Reads, asker: Asker) => Promise<Card> | Card)(question, reads, asker)
}

/** What somebody may see: the projects they have a role in, and nothing of the others. */
const seenBy = (reads: Reads, who: Person): Reads => {
  const isSeen = ({ project }: Pick<Session, 'project'>): boolean => roleIn(who, project) !== null
  return {
    ...reads,
    sessions: () => reads.sessions().filter(isSeen),
    ended: () => reads.ended().filter(isSeen),
    numbers: async (since) => (await reads.numbers(since)).filter(isSeen),
    queue: () => reads.queue().filter((place) => reads.sessions().some((session) => session.id === place.session && isSeen(session))),
    projects: () => reads.projects().filter(({ name }) => roleIn(who, name) !== null),
    find: async (id) => {
      const session = await reads.find(id)
      if (session && !isSeen(session))
        throw denied('ACCESS_DENIED', { who: who.name, wish: 'look', needs: 'viewer', project: session.project })
      return session
    },
  }
}

const logBytes = 12_000
const diffFiles = 20
/** So many of those that ended last are listed, and so many looked at for what they left. */
const mostListed = 20
const mostCleaned = 50

const answers: Answers = {
  status: async ({ filter, project }, reads, { to }) => {
    const projects = reads.projects().flatMap(({ name }) => (project === null || name === project ? [name] : []))
    if (filter === 'ended') {
      const ended = await newestEnded(projects, reads, mostListed)
      return endedBoard(
        to,
        ended.map((session) => rowOf(session, reads)),
        howManyEnded(projects, reads),
      )
    }
    const rows = reads
      .sessions()
      .filter((session) => project === null || session.project === project)
      .map((session) => rowOf(session, reads))
    const kept = filter === null ? rows : rows.filter(({ headline }) => filters[filter].includes(headline))
    return board(to, kept, { filter, hidden: filter === null ? howManyEnded(projects, reads) : 0 })
  },

  show: async ({ session: id }, reads, { to }) => {
    const session = await must(id, reads)
    const attach = await reads.attach(session)
    const drawn = sessionCard(session, standingOf(session, reads))
    const last = (session.lastMessage ?? session.report?.text ?? '').trim()
    // Its last words stand below in full, or on the card's own line where that holds all of them; never twice.
    const line = saysLine(last)
    const isWhole = line === `says: ${last}`
    return {
      ...drawn,
      key: `answer:${to}:show`,
      kind: 'reply',
      replyTo: to,
      body: isWhole && drawn.lines.includes(line) ? '' : last,
      lines: [
        ...drawn.lines.filter((one) => isWhole || one !== line),
        ...usageLines(used(session), reads.prices()),
        ...(session.workspace && !session.isWorkspaceRemoved ? [`workspace ${session.workspace.path}`] : []),
        ...(session.task.url ? [`task ${session.task.url}`] : []),
        ...(currentChange(session)?.url ? [`change ${currentChange(session)?.url}`] : []),
        ...(attach ? [attach] : []),
      ],
    }
  },

  logs: async ({ session: id, lines }, reads, { to }) => {
    const session = await must(id, reads)
    const text = tail(plain(await reads.screen(session, lines)), { lines, bytes: logBytes })
    return reply(to, 'logs', {
      tone: 'calm',
      title: text.trim() === '' ? `${id} has printed nothing.` : `${id} · the last lines`,
      blocks: text.trim() === '' ? [] : [{ title: id, text }],
    })
  },

  screen: async ({ session: id }, reads, { to, hasPictures }) => {
    const session = await must(id, reads)
    const picture = hasPictures ? await reads.picture(session) : null
    const text = picture ? '' : plain(await reads.screen(session, 50))
    const attach = await reads.attach(session)
    return reply(to, 'screen', {
      tone: 'calm',
      title: session.handle ? `${id} · its terminal now` : `${id} has no terminal now.`,
      lines: attach ? [attach] : [],
      blocks: text.trim() === '' ? [] : [{ title: id, text }],
      picture,
    })
  },

  diff: async ({ session: id }, reads, { to }) => {
    const session = await must(id, reads)
    if (!session.workspace || session.isWorkspaceRemoved) throw fault('NO_WORKSPACE', { session: id })
    const { text, stat, isCut } = await reads.diff(session)
    const files = stat
      .trim()
      .split('\n')
      .slice(0, -1)
      .map((line) => line.trim())
    return reply(to, 'diff', {
      tone: 'calm',
      title: text.trim() === '' ? `${id} has changed nothing yet.` : `${id} · ${stat.trim().split('\n').at(-1)?.trim() ?? 'changed'}`,
      lines: [
        ...files.slice(0, diffFiles),
        ...(files.length > diffFiles ? [`… ${counted(files.length - diffFiles, 'more file')}`] : []),
        ...(isCut ? [`It is longer than can be shown; all of it with "git diff" in ${session.workspace.path}.`] : []),
      ],
      blocks: text.trim() === '' ? [] : [{ title: `${id}.diff`, text: plain(text) }],
    })
  },

  why: async ({ session: id }, reads, { to, refusal }) => {
    if (id === null)
      return reply(
        to,
        'why',
        refusal
          ? { tone: 'calm', title: refusal.what, lines: [refusal.hint] }
          : { tone: 'calm', title: 'You were not refused anything that I remember.' },
      )
    const session = await must(id, reads)
    const row = rowOf(session, reads)
    const facts = (await reads.facts(id)).filter(isTelling).slice(-15)
    return reply(to, 'why', {
      tone: 'calm',
      title: `${id} is ${headlineWords(row)}, because:`,
      lines: facts.map((fact) => `${clock(fact.at)}  ${factWords(fact)}`),
    })
  },

  cost: async (question, reads, { to, now }) =>
    costCard(to, question, { session: question.session === null ? null : await must(question.session, reads), reads, now }),

  digest: (question, reads, asker) => askedDigest(question, reads, asker),

  digests: (_question, _reads, asker) => comingHere(asker),

  queue: (_question, reads, { to }) => queueCard(to, reads.queue(), reads.sessions(), reads.fleet()?.paused ?? []),

  adopt: async ({ terminal, agent }, reads, { to, who }) => {
    const projects = reads.projects().map(({ name }) => name)
    const isOperator = (project: string): boolean => covers(roleIn(who, project), 'operator')
    const [first = 'a project'] = projects
    // Whose terminals are on that machine is nothing for everybody.
    if (!projects.some(isOperator)) throw denied('ACCESS_DENIED', { who: who.name, wish: 'adopt', needs: 'operator', project: first })
    const all = (await reads.strangers()).filter(({ project }) => project === null || isOperator(project))
    return adoptCard(to, all, { terminal, agent, next: (project) => `${project}-${(reads.fleet()?.names[project] ?? 0) + 1}` })
  },

  cleanup: async (_question, reads, { to }) => {
    const rows = await Promise.all(
      (
        await newestEnded(
          reads.projects().map(({ name }) => name),
          reads,
          mostCleaned,
        )
      )
        .filter(({ workspace, isWorkspaceRemoved }) => workspace && !workspace.isForeign && !isWorkspaceRemoved)
        .map(async (session) => ({ session, left: await reads.unsaved(session).catch(() => null) })), // a workspace that cannot be read is still listed
    )
    return reply(to, 'cleanup', {
      tone: 'calm',
      title:
        rows.length === 0
          ? 'There is nothing to clean up.'
          : `${rows.length === 1 ? 'One workspace' : `${rows.length} workspaces`} of ended sessions. Nothing has been removed.`,
      lines: rows.map(
        ({ session, left }) => `${session.id}  ${reads.headline(session)}  ${leftWords(left)}  ${session.workspace?.path ?? ''}`,
      ),
      actions: rows.slice(0, 20).map(({ session }) => ({ label: `Clear ${session.id}`, say: `clear ${session.id}`, isRisky: true })),
    })
  },

  projects: (_question, reads, { to }) => projectList(to, reads.projects()),
  whoami: (_question, reads, { to, who, account }) =>
    whoami(
      to,
      who,
      account,
      reads.projects().filter(({ name }) => roleIn(who, name) !== null),
    ),
  who: ({ person }, reads, { to }) => peopleList(to, reads.people(), person),
  help: ({ topic }, _reads, { to, intents }) => help(to, topic, intents),
}

const rowOf = (session: Session, reads: Reads): Row => ({ session, ...standingOf(session, reads) })

/** The session of that name. @throws {Fault} NO_SUCH_SESSION, with those at work */
export const must = async (id: string, reads: Reads): Promise<Session> => {
  const session = await reads.find(id)
  if (!session) throw fault('NO_SUCH_SESSION', { session: id, known: reads.sessions().map((one) => one.id) })
  return session
}

const leftWords = (left: { readonly dirty: readonly string[]; readonly commits: number } | null): string => {
  if (!left) return 'cannot be read'
  const parts = [
    ...(left.dirty.length > 0 ? [counted(left.dirty.length, 'uncommitted file')] : []),
    ...(left.commits > 0 ? [counted(left.commits, 'unpushed commit')] : []),
  ]
  return parts.length === 0 ? 'nothing unsaved' : `${parts.join(' and ')} (would be kept in a ref)`
}

/** Signs of life are many and say nothing about why. */
const isTelling = ({ type }: Fact): boolean =>
  type !== 'agent.worked' && type !== 'agent.used' && type !== 'message.sent' && type !== 'work.seen' && type !== 'agent.named'

const clock = (at: number): string => new Date(at).toISOString().slice(11, 19)
