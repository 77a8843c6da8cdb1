import type { Change } from '../contracts/change.ts'
import type { Effect } from '../contracts/effect.ts'
import type { EffectName, TaskStage } from '../contracts/names.ts'
import type { Setting } from '../contracts/rules.ts'
import { currentChange, mergedHeads, type Session, type Trouble } from '../contracts/session.ts'
import { headline as firstLine } from '../kit/text.ts'
import { detailsKey, toDetail } from './answers.ts'
import { failureOf } from './failures.ts'
import { openingMessage } from './follow.ts'
import { handleOf, launchSince } from './launch.ts'
import { doneSoFar } from './prompt.ts'
import { isTracked, openChange } from './views.ts'

type Wanted = (session: Session, setting: Setting) => readonly Effect[]

/**
 * What should be under way, given what is known. Asked after every input, so a restart needs no recovery of its own.
 *
 * An effect whose last try failed is left out until its next try is due; then its `since` is that of the retry, so it is
 * begun anew.
 */
export const wants = (session: Session, setting: Setting): readonly Effect[] => {
  if (session.seq === 0) return []
  const parts =
    session.phase === 'ended'
      ? [ended, merging, withdrawing, reverting, noting, calls]
      : [
          preparing,
          telling,
          answering,
          interrupting,
          suspending,
          looking,
          changing,
          updating,
          reviewing,
          merging,
          withdrawing,
          reverting,
          noting,
          calls,
        ]
  return parts.flatMap((part) => part(session, setting)).flatMap((effect) => unlessFailed(session, effect))
}

const unlessFailed = (session: Session, effect: Effect): readonly Effect[] => {
  const failure = failureOf(session, { effect: effect.do, subject: effect.subject })
  if (!failure || failure.since < effect.since) return [effect]
  return failure.isRetried ? [{ ...effect, since: failure.since }] : []
}

const preparing: Wanted = (session) => {
  const { hasSlot, workspace, phase, phaseSince, project, base, branch, handle, restart, stranger } = session
  // Before its first start in this life a process can only be left over from the one before.
  if (handle && (restart || phase === 'queued' || phase === 'preparing'))
    return [{ do: 'agent.end', handle, since: restart?.since ?? phaseSince, subject: null }]
  if (!hasSlot) return []
  if (phase === 'preparing' && workspace === null)
    return [{ do: 'workspace.create', project, base, branch, since: phaseSince, subject: null }]
  if (phase === 'preparing' && stranger !== null && workspace !== null) {
    const { agent, host, conversation } = session
    return [
      {
        ...{ do: 'agent.adopt', project, agent, host, workspace, conversation: conversation ?? '', process: stranger },
        ...{ since: phaseSince, subject: null },
      },
    ]
  }
  const since = launchSince(session)
  if (since === null || workspace === null) return []
  const { agent, host, task, model, conversation: resume } = session
  const message = openingMessage(session)
  return [
    {
      do: 'agent.launch',
      agent,
      project,
      host,
      workspace,
      task,
      base,
      model,
      resume,
      message: message && { id: message.id, text: message.text },
      run: handleOf(session, since).run,
      isFirst: session.starts === 0,
      done: doneSoFar(session),
      since,
      subject: null,
    },
  ]
}

const telling: Wanted = ({ messages, handle, project, agent, workspace, conversation }) =>
  messages.flatMap((message): readonly Effect[] => {
    if (!workspace) return []
    const { id, text, since, at } = message
    if (handle && message.state === 'handed' && message.sent === null)
      return [{ do: 'agent.tell', project, agent, handle, message: { id, text }, since, subject: id }]
    return message.state === 'doubted'
      ? [{ do: 'agent.find', project, agent, workspace, conversation, message: { id, text }, handedAt: at, since, subject: id }]
      : []
  })

const answering: Wanted = ({ asked, handle, project, agent }) =>
  handle && asked?.state === 'decided' && asked.decision && asked.question.reply === 'own'
    ? [{ do: 'agent.answer', project, agent, handle, decision: asked.decision, since: asked.since, subject: asked.question.request }]
    : []

const interrupting: Wanted = ({ interrupting: wish, handle, project, agent }) =>
  handle && wish && !wish.isHanded ? [{ do: 'agent.interrupt', project, agent, handle, since: wish.since, subject: null }] : []

const suspending: Wanted = ({ handle, suspended, resuming, hasSlot }) => {
  if (!handle) return []
  if (suspended && !suspended.isDone) return [{ do: 'agent.suspend', handle, since: suspended.since, subject: null }]
  return resuming !== null && hasSlot ? [{ do: 'agent.resume', handle, since: resuming, subject: null }] : []
}

const looking: Wanted = ({ project, workspace, workWantedSince: since }) =>
  workspace && since !== null ? [{ do: 'workspace.look', project, workspace, since, subject: null }] : []

/** The change is opened, and its branch pushed, when the agent has committed and says that it is done. */
const changing: Wanted = (session, setting) => {
  const { workspace, work, workWantedSince, isDoneSaid, project, base } = session
  if (!workspace) return []
  const change = openChange(session)
  const trouble = toDetail(session, setting)
  const details: readonly Effect[] = change && trouble ? [detailing(session, change, trouble)] : []
  if (
    !isDoneSaid ||
    !work ||
    workWantedSince !== null ||
    work.ahead === 0 ||
    work.head === currentChange(session)?.head ||
    work.head === session.pushed
  )
    return details
  const since = session.report?.kind === 'done' ? session.report.since : session.activitySince
  if (change) return [...details, { do: 'scm.push', project, number: change.number, workspace, since, subject: null }]
  return [...details, { do: 'scm.open', project, workspace, base, title: titleOf(session), body: bodyOf(session), since, subject: null }]
}

const detailing = (session: Session, { number, head }: Change, { key, since }: Trouble): Effect => {
  const wanted = detailsKey(session, key)
  return { do: 'scm.details', project: session.project, number, head, key: wanted, since, subject: wanted }
}

const titleOf = (session: Session): string => firstLine(session.task.title, 120) || session.task.key
const bodyOf = (session: Session): string =>
  [
    session.report?.text ?? session.lastMessage ?? '',
    ...(isTracked(session) ? [`For ${session.task.key}.`] : []),
    `Made in session ${session.id} by ${session.agent}, asked for by ${session.requester}.`,
  ]
    .filter((line) => line !== '')
    .join('\n\n')

const reviewing: Wanted = ({ votes, rejection, project }) => [
  ...votes
    .filter(({ isSent }) => !isSent)
    .map(
      ({ by, number, head, since }): Effect => ({
        do: 'scm.review',
        project,
        number,
        by,
        verdict: 'approve',
        head,
        text: '',
        since,
        subject: String(since),
      }),
    ),
  ...(rejection && !rejection.isSent
    ? [
        {
          do: 'scm.review',
          project,
          number: rejection.number,
          by: rejection.by,
          verdict: 'request-changes',
          head: rejection.head,
          text: rejection.text,
          since: rejection.since,
          subject: String(rejection.since),
        } as const,
      ]
    : []),
]

/** Once asked for, a merge stays wanted until the world says how it went; after the end of the session only as a look. */
const merging: Wanted = (session) => {
  const { merging: wish, project, phase } = session
  if (!wish) return []
  const { number, head, base, method, since } = wish
  if (phase === 'ended')
    return [{ do: 'scm.look', project, number, branch: session.branch, since: Math.max(since, session.ending?.since ?? 0), subject: null }]
  if (wish.queued) return [] // the forge merges it; the next looks show how that goes
  return [{ do: 'scm.merge', project, number, head, base, method, title: `${titleOf(session)} (#${number})`, since, subject: null }]
}

/** The base is brought into the change, because nothing else stands in the way of merging it. */
const updating: Wanted = ({ update, workspace, project }) =>
  update && update.refused === null && workspace
    ? [{ do: 'scm.update', project, number: update.number, head: update.head, workspace, since: update.since, subject: null }]
    : []

const withdrawing: Wanted = ({ withdrawing: order, project }) =>
  order ? [{ do: 'scm.withdraw', project, number: order.number, since: order.since, subject: null }] : []

const reverting: Wanted = ({ revert, project }) =>
  revert && revert.opened === null
    ? [{ do: 'scm.revert', project, number: revert.number, by: revert.by, since: revert.since, subject: null }]
    : []

/** The task's tracker is told how far it is, where the project wants that. */
const noting: Wanted = (session, { rules }) => {
  const { project, task, phaseSince: since, noted } = session
  const stage = stageOf(session)
  if (stage === null || stage === noted || (noted === 'proposed' && stage === 'started') || !isTracked(session)) return []
  if (!rules.isTaskNoted && rules.taskLabel === null) return []
  const text = rules.isTaskNoted ? noteFor(session, stage) : null
  return [{ do: 'tracker.note', project, task: task.key, stage, text, label: rules.taskLabel, since, subject: stage }]
}

const stageOf = ({ phase, starts, changes }: Session): TaskStage | null =>
  starts === 0 ? null : phase === 'ended' ? 'ended' : changes.length > 0 ? 'proposed' : 'started'

const noteFor = (session: Session, stage: TaskStage): string => {
  const change = currentChange(session)
  if (stage === 'started') return `Work has begun in session ${session.id}, with ${session.agent}, asked for by ${session.requester}.`
  if (stage === 'proposed') return `Session ${session.id} proposes #${change?.number}: ${change?.url ?? change?.title}`
  const how = {
    merged: `merged #${change?.number}`,
    closed: 'its change was closed',
    done: 'done without a change',
    stopped: 'stopped',
    failed: 'failed',
  }
  return `Session ${session.id} has ended: ${how[session.ending?.why ?? 'stopped']}.`
}

const ended: Wanted = (session, { rules }) => {
  const { handle, ending, workspace, project, isWorkspaceRemoved, isClearWished, isTaskClosed } = session
  const since = ending?.since ?? 0
  const isMerged = currentChange(session)?.state === 'merged'
  return [
    ...(handle ? [{ do: 'agent.end', handle, since, subject: null } as const] : []),
    // A person's own folder is theirs, whatever became of the session.
    ...(workspace &&
    workspace.isForeign !== true &&
    !handle &&
    !isWorkspaceRemoved &&
    (isClearWished || (isMerged && rules.isWorkspaceRemoved))
      ? [{ do: 'workspace.remove', project, workspace, merged: mergedHeads(session), since, subject: null } as const]
      : []),
    ...(isMerged && rules.isTaskClosed && !isTaskClosed && isTracked(session)
      ? [
          {
            do: 'tracker.close',
            project,
            task: session.task.key,
            note: `Merged as #${currentChange(session)?.number}.`,
            since,
            subject: null,
          } as const,
        ]
      : []),
  ]
}

/** People are called for what only they can decide, and for what keeps failing. Trouble about calling people never calls people. */
const calls: Wanted = (session, { rules }) => [
  ...(session.phase === 'ended' ? [] : session.troubles).flatMap(({ key, text, escalated, calledFor, isEased }): readonly Effect[] => {
    if (escalated === null || calledFor === escalated.since || isEased) return []
    const { since } = escalated
    return [{ do: 'people.call', key, priority: rules.reactions[key].priority, text, of: since, since, subject: key }]
  }),
  ...session.failures.flatMap(({ effect, why, since, retryAt, isRetried, isCalled }): readonly Effect[] => {
    if (effect === 'people.call' || retryAt !== null || isRetried || isCalled || isHandledElsewhere(session, effect)) return []
    return [{ do: 'people.call', key: effect, priority: 'action', text: why, of: since, since, subject: effect }]
  }),
]

/** A session that ends because of it tells of it by ending; words that did not arrive are looked up and told by themselves. */
const isHandledElsewhere = ({ ending }: Session, effect: EffectName): boolean =>
  effect === 'agent.tell' ||
  effect === 'agent.find' ||
  ((effect === 'workspace.create' || effect === 'agent.adopt' || effect === 'agent.launch') && ending?.why === 'failed')
