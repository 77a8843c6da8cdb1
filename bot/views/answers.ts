import { roleIn } from '../../core/access/authorise.ts'
import type { Person } from '../../core/contracts/access.ts'
import type { FleetFact } from '../../core/contracts/fleet.ts'
import type { Ending } from '../../core/contracts/names.ts'
import { currentChange, type Session } from '../../core/contracts/session.ts'
import { isFault } from '../../core/kit/fault.ts'
import { headline as firstLine, list } from '../../core/kit/text.ts'
import { sayDuration } from '../../core/kit/time.ts'
import type { Card } from '../contracts/card.ts'
import type { ProjectFacts } from '../contracts/reads.ts'
import { restoring } from './session.ts'
import { card, short, taskTitle } from './words.ts'

/** A card that answers an inbound. Several answers to one inbound are told apart by `part`. */
export const reply = (to: string, part: string, parts: Pick<Card, 'tone' | 'title'> & Partial<Card>): Card =>
  card({ key: `answer:${to}:${part}`, kind: 'reply', replyTo: to, ...parts })

/** It was refused: what happened, and what would help. A bug says that it is one. */
export const refused = (to: string, part: string, error: unknown): Card =>
  isFault(error)
    ? reply(to, part, { tone: 'bad', title: error.message, lines: [error.hint] })
    : reply(to, part, {
        tone: 'bad',
        title: 'Something went wrong here, and it was not your words.',
        lines: ['It is in the log of the bot, with the time. Nothing was done.'],
      })

/** A blank is missing. */
export const asking = (to: string, missing: string, hint: string): Card =>
  reply(to, 'ask', { tone: 'ask', title: `Which ${missing}?`, lines: [hint] })

/** The words meant nothing to us, and nothing was done. */
export const puzzled = (to: string, why: 'unknown' | 'hidden characters' | 'too long'): Card =>
  reply(to, 'puzzled', {
    tone: 'ask',
    ...puzzles[why],
  })

const puzzles = {
  unknown: { title: 'I did not get that, and did nothing.', lines: ['Say "help" for what I understand.'] },
  'hidden characters': {
    title: 'There are characters in that which cannot be seen, so I did nothing.',
    lines: ['Type it again rather than pasting it.'],
  },
  'too long': {
    title: 'That is too long for a command, so I did nothing.',
    lines: ['Say it in fewer than 4,000 characters, or put it into an issue and start that.'],
  },
} as const

/** It was understood, and cannot be. */
export const cannot = (to: string, why: string, hint: string): Card => reply(to, 'cannot', { tone: 'ask', title: why, lines: [hint] })

/** A button whose card is no longer known. */
export const forgotten = (to: string): Card =>
  reply(to, 'forgotten', {
    tone: 'bad',
    title: 'That button is too old: I no longer know what it stood for.',
    lines: ['Nothing was done. Say "status" for where things are now.'],
  })

/** How a session ended, for whoever asked for it. A message of its own, never edited. */
export const resultCard = (session: Session): Card | null => {
  const { id, ending, requester, startedAt, at, savedRef, isWorkspaceRemoved } = session
  const change = currentChange(session)
  if (!ending) return null
  const took = `${sayDuration(ending.at - startedAt)} after ${requester} asked`
  const titles: Readonly<Record<Ending, string>> = {
    merged: `${id} · merged: #${change?.number} is on ${change?.base}${change?.mergeCommit ? ` as ${short(change.mergeCommit)}` : ''}`,
    closed: `${id} · closed without being merged`,
    done: `${id} · done, and nothing had to be changed`,
    stopped: `${id} · stopped by ${ending.by}`,
    failed: `${id} · failed`,
  }
  const isMerged = change?.state === 'merged'
  return card({
    key: `result:${id}:${ending.since}`,
    kind: 'result',
    tone: ending.why === 'failed' ? 'bad' : ending.why === 'merged' || ending.why === 'done' ? 'good' : 'calm',
    title: isMerged ? titles.merged : titles[ending.why],
    body: session.report?.kind === 'done' ? session.report.text : '',
    lines: [
      taskTitle(session),
      ...(ending.note !== null && ending.why !== 'merged' ? [ending.note] : []),
      `${took}${ending.why === 'merged' && ending.by !== 'ao' ? `; merged for ${ending.by}` : ''}.`,
      ...(!isMerged && change?.state === 'open' ? [`#${change.number} stays open.`] : []),
      ...(session.workspace && !isWorkspaceRemoved && !isMerged
        ? [`Branch ${session.branch} and its work are kept in ${session.workspace.path}.`]
        : []),
      ...(session.revert?.opened
        ? [
            `#${session.revert.opened.number} takes it back: ${session.revert.opened.url ?? ''} It is merged on the forge, like any other.`.replace(
              '  ',
              ' ',
            ),
          ]
        : []),
      ...(savedRef && at > 0 ? [`Unsaved work was kept: git show ${savedRef}`] : []),
    ],
    actions: isMerged
      ? [{ label: 'Revert', say: `revert ${id}`, isRisky: true }]
      : ending.why === 'failed'
        ? [{ label: 'Retry', say: `retry ${id}`, isRisky: false }]
        : ending.why === 'stopped' && !isMerged
          ? [
              ...restoring(session),
              ...(session.workspace && !session.workspace.isForeign && !isWorkspaceRemoved
                ? [{ label: 'Clear workspace', say: `clear ${id}`, isRisky: true }]
                : []),
            ]
          : [],
  })
}

/** All work is done. */
export const completeCard = (
  endings: Readonly<Partial<Record<Ending, readonly string[]>>>,
  { of, lead, withSummary }: { readonly of: number; readonly lead: string | null; readonly withSummary: boolean },
): Card =>
  card({
    key: `complete:${of}`,
    kind: 'result',
    tone: 'good',
    title: lead ?? 'All work is done.',
    lines: withSummary ? Object.entries(endings).map(([why, sessions]) => `${sessions.length} ${why}: ${list(sessions)}`) : [],
  })

/** Who somebody is here. */
export const whoami = (to: string, who: Person, account: string, projects: readonly ProjectFacts[]): Card =>
  reply(to, 'whoami', {
    tone: 'calm',
    title: `You are ${who.name} (${account}).`,
    lines: projects.map(({ name }) => `${name}: ${roleIn(who, name) ?? 'no role'}`),
  })

/** How writing a new task went; the same card from the first to the last word. */
export const issueCard = (to: string, fact: Extract<FleetFact, { type: `issue.${string}` }>): Card => {
  const at = (parts: Pick<Card, 'tone' | 'title'> & Partial<Card>): Card => reply(to, 'issue', parts)
  switch (fact.type) {
    case 'issue.wanted':
      return at({ tone: 'busy', title: `“${firstLine(fact.title, 100)}” is being written into the tracker of ${fact.project}.` })
    case 'issue.made':
      return at({
        tone: 'good',
        title: `${fact.key} is written.`,
        lines: [...(fact.url ? [fact.url] : []), 'Nobody works on it yet.'],
        actions: [{ label: `Fix ${fact.key}`, say: `fix ${fact.key} in ${fact.project}`, isRisky: false }],
      })
    case 'issue.failed':
      return at({ tone: 'bad', title: `It could not be written: ${fact.why}`, lines: fact.hint ? [fact.hint] : [] })
  }
}

/** Whether a project's changes can be seen: a message that is edited once they can again. */
export const blindCard = (project: string, why: Error | null): Card =>
  card({
    key: `blind:${project}`,
    kind: 'result',
    tone: why === null ? 'calm' : 'bad',
    title: why === null ? `The changes of ${project} can be seen again.` : `The changes of ${project} cannot be seen: ${why.message}`,
    lines:
      why === null
        ? []
        : [
            ...(isFault(why) ? [why.hint] : []),
            'Its sessions go on; what happens to their changes meanwhile is seen once this is put right.',
          ],
  })

/** The projects there are. */
export const projectList = (to: string, projects: readonly ProjectFacts[]): Card =>
  reply(to, 'projects', {
    tone: 'calm',
    title: projects.length === 1 ? 'One project.' : `${projects.length} projects.`,
    lines: projects.map(({ name, path, base, agent, isPaused }) => `${name}${isPaused ? ' (paused)' : ''} · ${agent} · ${base} · ${path}`),
  })

/** The people, and what each may do where. */
export const peopleList = (to: string, people: readonly Person[], only: string | null): Card => {
  const shown = people.filter(({ name }) => only === null || name === only)
  return reply(to, 'who', {
    tone: 'calm',
    title: shown.length === 0 ? `Nobody is called ${only}.` : shown.length === 1 ? `One person.` : `${shown.length} people.`,
    lines: shown.map(
      ({ name, roles }) =>
        `${name} · ${
          Object.entries(roles)
            .map(([project, held]) => `${held.at(-1) ?? 'no role'} ${project === '*' ? 'everywhere' : `in ${project}`}`)
            .join(', ') || 'no role'
        }`,
    ),
  })
}
