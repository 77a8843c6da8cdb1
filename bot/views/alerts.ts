import type { Question } from '../../core/contracts/agent.ts'
import { currentChange, type Failure, type Session, type Trouble } from '../../core/contracts/session.ts'
import { headline as firstLine, list, tail } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import type { Block, Card, CardKind } from '../contracts/card.ts'
import { callWords, isEffect, troubleWords } from './names.ts'
import { actionsFor, answersTo, missing, type Standing } from './session.ts'
import { aboutOf, card, short, taskTitle } from './words.ts'

/** The key of the call for one trouble; a later one of the same kind is a new message. */
export const alertKey = (session: string, key: string, of: number): string => `alert:${session}:${key}:${of}`

/** Everything about a session that people are called for now, most pressing first. Once it has ended, only what could not be put in order. */
export const alerts = (session: Session, standing: Standing): readonly Card[] => [
  ...(session.phase === 'ended' ? [] : session.troubles)
    .filter(({ escalated, isEased }) => escalated !== null && !isEased)
    .map((trouble) => troubleAlert(session, trouble, standing)),
  ...session.failures
    .filter(
      ({ retryAt, isRetried, effect }) =>
        retryAt === null &&
        !isRetried &&
        effect !== 'people.call' &&
        !(session.ending?.why === 'failed' && (effect === 'workspace.create' || effect === 'agent.launch')),
    )
    .map((failure) => failureAlert(session, failure)),
  ...refusedAlert(session, standing),
  ...(session.phase === 'ended' ? [] : Object.entries(session.collisions).filter(([, { isOver }]) => !isOver)).map(
    ([other, { since, files }]) =>
      card({
        key: alertKey(session.id, `with-${other}`, since),
        kind: 'question',
        tone: 'ask',
        title: `${session.id} · changes the same files as ${other}`,
        lines: [list(shownFiles(files)), 'Whoever is merged second will meet a conflict; one of them can wait, or be told.'],
        actions: [
          { label: `Show ${other}`, say: `show ${other}`, isRisky: false },
          { label: `Pause ${session.id}`, say: `pause ${session.id}`, isRisky: false },
        ],
        about: aboutOf(session, currentChange(session)),
      }),
  ),
  ...(session.phase === 'ended' ? [] : session.messages)
    .filter(({ state, from }) => state === 'unconfirmed' && from !== 'ao')
    .map(({ id, text, since }) =>
      card({
        key: alertKey(session.id, `message-${id}`, since),
        kind: 'question',
        tone: 'ask',
        title: `${session.id} · not confirmed: nobody can say whether the agent heard this`,
        lines: [`“${firstLine(text, 200)}”`, 'It is not said again by itself, because then it might be heard twice.'],
        actions: [{ label: 'Send again', say: `resend ${session.id} ${id}`, isRisky: false }],
        about: aboutOf(session, currentChange(session)),
      }),
    ),
]

const shownFiles = (files: readonly string[]): readonly string[] =>
  files.length > 8 ? [...files.slice(0, 7), `${files.length - 7} more`] : files

const kinds: Partial<Record<Trouble['key'], CardKind>> = { 'approved-and-green': 'approval' }

/** What is wanted from whom, why now, since when, what was tried, and the buttons that resolve it. */
const troubleAlert = (session: Session, trouble: Trouble, standing: Standing): Card => {
  const { key, text, messages, escalated } = trouble
  const change = currentChange(session)
  const question = key === 'agent-needs-input' ? session.asked?.question : undefined
  return card({
    key: alertKey(session.id, key, escalated?.since ?? 0),
    kind: kinds[key] ?? 'question',
    tone: key === 'approved-and-green' || question ? 'ask' : 'bad',
    title: question
      ? `${session.id} asks: ${firstLine(question.text, 200)}`
      : `${session.id} · ${troubleWords[key]} · ${taskTitle(session, 60)}`,
    lines: [
      ...(question ? [] : [text]),
      ...(change && !question ? [`#${change.number} “${firstLine(change.title, 80)}” at ${short(change.head)}`] : []),
      ...(key === 'approved-and-green' ? missingLines(session) : []),
      ...(messages > 0
        ? [`The agent was told ${messages === 1 ? 'once' : `${messages} times`}; since ${sayDuration(session.at - trouble.firstAt)}.`]
        : []),
      ...(escalated && escalated.why !== 'people decide this' ? [`You are called because: ${escalated.why}.`] : []),
    ],
    body: question
      ? [restOf(question.text), question.kind === 'plan' ? (question.detail ?? '') : ''].filter((part) => part !== '').join('\n\n')
      : '',
    blocks: [...logBlocks(session, trouble), ...screenBlock(session, trouble), ...detailBlock(question)],
    // The choices of a question that is open meanwhile belong to its own alert.
    actions: question
      ? answersTo(session)
      : [...sendToAgent(session, trouble), ...(standing.headline === 'needs input' ? [] : actionsFor(session, standing))],
    about: aboutOf(session, change),
  })
}

/** What a merge would not bring, and why. */
const missingLines = (session: Session): readonly string[] =>
  missing(session).map((what) => `${what}: ${firstLine(session.failures.find(({ effect }) => effect === 'scm.push')?.why ?? '', 300)}`)

/** An agent asks in Markdown; its first line is the title. */
const restOf = (text: string): string => text.trim().split('\n').slice(1).join('\n').trim()

/** Where the agent is not told by itself, a button tells it. */
const sendToAgent = (session: Session, { key, messages, text }: Trouble): Card['actions'] =>
  messages === 0 && (key === 'ci-failed' || key === 'changes-requested' || key === 'bugbot-comments' || key === 'merge-conflicts')
    ? [
        {
          label: 'Send to agent',
          say: `tell ${session.id} ${sayable(text)}. Please look at it, fix it, commit, and report done.`,
          isRisky: false,
        },
      ]
    : []

/** Names of checks and files come from outside: a sentence of ours that holds them is still short, and holds nothing hidden. */
const sayable = (text: string): string => firstLine(text.replace(/\p{Cf}/gu, ''), 1_000)

const logBlocks = (session: Session, { key }: Trouble): readonly Block[] =>
  key === 'ci-failed'
    ? (session.details?.found.failing ?? []).map(({ name, logTail }) => ({
        title: `the end of ${name}`,
        text: tail(logTail, { lines: 12, bytes: 1_500 }),
      }))
    : []

const screenBlock = ({ exit }: Session, { key }: Trouble): readonly Block[] =>
  key === 'agent-exited' && exit && exit.screen.trim() !== ''
    ? [{ title: 'the end of its terminal', text: tail(exit.screen, { lines: 12, bytes: 1_500 }) }]
    : []

/** What the agent wants to do, whole: an adapter makes a file of what is too long. A plan is Markdown and stands in the card itself. */
const detailBlock = (question: Question | undefined): readonly Block[] =>
  question && question.detail !== null && question.kind !== 'plan' ? [{ title: 'what it is about', text: question.detail }] : []

const failureAlert = (session: Session, { effect, why, hint, since, attempts }: Failure): Card =>
  card({
    key: alertKey(session.id, effect, since),
    kind: 'question',
    tone: 'bad',
    title: `${session.id} · ${callWords(effect)}${attempts > 1 ? ` ${attempts} times` : ''}`,
    lines: [...why.trim().split('\n').slice(0, 12), ...(hint ? [hint] : [])],
    actions:
      session.phase === 'ended'
        ? []
        : [...mendable(session, { effect, why, hint }), { label: 'Retry', say: `retry ${session.id}`, isRisky: false }],
    about: aboutOf(session, currentChange(session)),
  })

/** What is mended in the workspace its agent can do; whoever reads this lets it. */
const mendable = ({ id }: Session, { effect, why, hint }: Pick<Failure, 'effect' | 'why' | 'hint'>): Card['actions'] =>
  effect === 'scm.push' && hint?.includes('git rebase')
    ? [
        {
          label: 'Send to agent',
          say: `tell ${id} ${sayable(`${why} ${hint}`.replace(/\s+/g, ' '))} Do not push: report done, and it is pushed for you.`,
          isRisky: false,
        },
      ]
    : []

/** The merge that somebody wanted was not done, with the forge's reason. Over once a merge is asked for anew, or a person says no. */
const refusedAlert = (session: Session, standing: Standing): readonly Card[] => {
  const { id, mergeRefusal, merging, phase, rejection, troubles } = session
  const change = currentChange(session)
  if (!mergeRefusal || merging || phase === 'ended' || change?.state !== 'open' || (rejection?.since ?? 0) > mergeRefusal.since) return []
  const called = troubles.filter(({ escalated, isEased }) => escalated !== null && !isEased)
  if (called.some(({ key, escalated }) => key === 'approved-and-green' && escalated?.why.includes(mergeRefusal.says))) return []
  return [
    card({
      key: alertKey(id, notMerged, mergeRefusal.since),
      kind: 'question',
      tone: 'bad',
      title: `${id} · #${change.number} was not merged: ${firstLine(mergeRefusal.says, 200)}`,
      lines: [`It was to be merged at ${short(mergeRefusal.head)}.`, ...(change.url ? [change.url] : [])],
      // What can be done stands on one card only.
      actions: called.length > 0 || standing.headline === 'needs input' ? [] : actionsFor(session, standing),
      about: aboutOf(session, change),
    }),
  ]
}

const notMerged = 'not-merged'

/** An alert whose cause is gone: the same message, edited to say so. */
export const resolvedAlert = (key: string, session: Session, standing: Standing): Card => {
  const [, , about = '', of = ''] = key.split(':')
  const isAsking = about === 'agent-needs-input'
  // One that was asked after the call is not the one it was about.
  const asked = isAsking && session.asked && session.asked.since <= Number(of) ? session.asked : null
  // What is still under way is said once more when it is done; after that the card is a record of its time.
  const isOver = asked ? asked.state === 'confirmed' || asked.state === 'overtaken' : session.merging === null
  return card({
    key,
    kind: 'status',
    tone: 'calm',
    title: `${session.id} · settled: ${settledWords(about)}`,
    lines:
      asked && asked.state !== 'asked'
        ? [settledQuestion(asked)]
        : isAsking
          ? ['Something else was asked after that.']
          : [...whoDid(session), `It is ${standing.headline} now.`],
    about: isOver ? null : aboutOf(session, currentChange(session)),
  })
}

/** What a call was about, by its part of the key. */
const settledWords = (about: string): string => {
  if (about === notMerged) return 'it was not merged'
  if (about.startsWith('message-')) return 'a message was not confirmed'
  if (about.startsWith('with-')) return `it changed the same files as ${about.slice('with-'.length)}`
  return isEffect(about) || Object.hasOwn(troubleWords, about) ? callWords(about as Trouble['key']) : about // one of the table's own keys
}

/** Who did what about it, where a person did. */
const whoDid = (session: Session): readonly string[] => {
  const { merging, mergedBy, rejection, ending } = session
  const change = currentChange(session)
  const at = change ? ` #${change.number} at ${short(change.head)}` : ''
  if (mergedBy !== null && mergedBy !== 'ao') return [`${mergedBy} merged${at}.`]
  if (merging) return [`${merging.by} said to merge #${merging.number} at ${short(merging.head)}.`]
  if (ending?.why === 'stopped' && ending.by !== 'ao') return [`${ending.by} stopped it.`]
  if (rejection) return [`${rejection.by} asked for changes.`]
  const voters = [...new Set(session.votes.filter(({ head }) => head === change?.head).map(({ by }) => by))]
  return voters.length > 0 ? [`${list(voters)} approved${at}.`] : []
}

const settledQuestion = ({ state, outcome, decision, question }: NonNullable<Session['asked']>): string => {
  const what = firstLine(question.text, 120)
  if (state === 'overtaken') return `“${what}” was answered at the terminal first: ${outcome ?? ''}`
  if (state === 'gone') return `“${what}” is no longer asked.`
  return `“${what}”: ${decision?.by ?? 'somebody'} said ${outcome ?? ''}${state === 'confirmed' ? '' : ' (sending)'}`
}
