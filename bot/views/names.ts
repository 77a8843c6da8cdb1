import type { EffectName, ReactionKey } from '../../core/contracts/names.ts'

/** What each effect is to people: `… failed`, `… is tried again`. */
export const effectWords: Readonly<Record<EffectName, string>> = {
  'workspace.create': 'making the workspace',
  'workspace.look': 'looking at the workspace',
  'workspace.remove': 'removing the workspace',
  'agent.adopt': 'taking over what was started by hand',
  'agent.launch': 'starting the agent',
  'agent.tell': 'telling the agent',
  'agent.find': 'looking up what the agent has heard',
  'agent.answer': 'handing the answer to the agent',
  'agent.interrupt': 'breaking off its turn',
  'agent.suspend': 'pausing the agent',
  'agent.resume': 'letting the agent go on',
  'agent.end': 'ending the agent',
  'scm.open': 'opening the change',
  'scm.push': 'the push',
  'scm.details': 'reading checks and comments',
  'scm.review': 'passing on the review',
  'scm.merge': 'the merge',
  'scm.look': 'looking at the change',
  'scm.update': 'bringing the change up to date',
  'scm.revert': 'taking the change back',
  'scm.withdraw': 'taking back the order to merge',
  'tracker.close': 'closing the task',
  'tracker.note': 'telling the tracker',
  'people.call': 'calling people',
}

/** What each trouble is to people. */
export const troubleWords: Readonly<Record<ReactionKey, string>> = {
  'ci-failed': 'checks are red',
  'changes-requested': 'changes were requested',
  'bugbot-comments': 'bots left comments',
  'merge-conflicts': 'there is a conflict',
  'approved-and-green': 'waits for your decision',
  'agent-idle': 'the agent is idle',
  'agent-stuck': 'the agent is stuck',
  'agent-needs-input': 'the agent asks',
  'agent-exited': 'the agent is gone',
  'pr-closed': 'the change was closed',
  'all-complete': 'all work is done',
}

/** What people are called about, in a sentence. */
export const callWords = (key: ReactionKey | EffectName): string => (isEffect(key) ? `${effectWords[key]} failed` : troubleWords[key])

/** Is that the name of an effect? */
export const isEffect = (key: string): key is EffectName => Object.hasOwn(effectWords, key)
