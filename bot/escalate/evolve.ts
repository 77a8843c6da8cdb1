import { type Call, type CallFact, isOpen, type Step } from './call.ts'

/** A call without a fact. */
export const unbornCall = (id: string): Call => ({
  id,
  seq: 0,
  project: '',
  requester: '',
  priority: 'action',
  cause: null,
  raisedAt: 0,
  alerts: [],
  climb: { at: 0, afterMs: 0 },
  climbed: [],
  steps: [],
  answer: null,
  isRestOver: false,
  settled: null,
  redrawn: null,
})

/** Folds one fact in. */
export const evolveCall = (before: Call, fact: CallFact): Call => {
  const call = { ...before, seq: before.seq + 1 }
  const { at } = fact
  switch (fact.type) {
    case 'call.raised': {
      const { project, requester, priority, cause } = fact
      return { ...call, project, requester, priority, cause, raisedAt: at, climb: { at, afterMs: 0 } }
    }
    case 'alert.joined': {
      const { alert, session } = fact
      const joined = {
        ...call,
        alerts: [...call.alerts.filter((one) => one.alert !== alert), { alert, session, isOpen: true }],
        settled: null,
      }
      // It is back after all was settled: the wait for the next rung begins anew, and what was climbed is not climbed again.
      return before.settled === null
        ? joined
        : { ...joined, raisedAt: at, climb: { at, afterMs: call.climb.afterMs }, answer: null, isRestOver: false }
    }
    case 'alert.left': {
      const left = { ...call, alerts: call.alerts.map((one) => (one.alert === fact.alert ? { ...one, isOpen: false } : one)) }
      if (isOpen(left)) return left
      // What is held is not sent any more, and called nobody. What was to be shown may be on its way, and has to say that it is settled.
      const [held, steps] = [left.steps.filter(({ state }) => state === 'held'), left.steps.filter(({ state }) => state !== 'held')]
      return { ...left, settled: left.seq, steps, climbed: left.climbed.filter((rung) => !held.some((step) => step.rung === rung)) }
    }
    case 'rung.climbed': {
      const { rung, afterMs, person, heldUntil } = fact
      const step = newStep(call, { at, rung, person, heldUntil })
      return { ...call, climb: { at, afterMs }, climbed: [...call.climbed, rung], steps: [...call.steps, step] }
    }
    case 'rung.passed':
      return { ...call, climb: { at, afterMs: fact.upToMs }, climbed: [...call.climbed, fact.rung] }
    case 'hold.ended':
      return withStep(call, fact.of, (step) => ({ ...step, state: 'wanted' }))
    case 'step.reached':
      return { ...withStep(call, fact.of, (step) => ({ ...step, state: 'reached', place: fact.place })), redrawn: null }
    case 'step.lost':
      return withStep(call, fact.of, (step) => ({ ...step, state: 'lost' }))
    case 'call.answered': {
      const { how, by, until } = fact
      return { ...call, answer: { how, by, at, until }, isRestOver: false }
    }
    case 'rest.ended': {
      const step = newStep(call, { at, rung: 'again', person: call.answer?.by ?? null, heldUntil: fact.heldUntil })
      return { ...call, isRestOver: true, climb: { at, afterMs: call.climb.afterMs }, steps: [...call.steps, step] }
    }
    case 'call.redrawn':
      return { ...call, redrawn: fact.of }
  }
}

const newStep = ({ seq, raisedAt }: Call, step: Pick<Step, 'at' | 'rung' | 'person' | 'heldUntil'>): Step => ({
  ...step,
  since: seq,
  waitedMs: step.at - raisedAt,
  state: step.heldUntil === null ? 'wanted' : 'held',
  place: null,
})

const withStep = (call: Call, of: number, into: (step: Step) => Step): Call => ({
  ...call,
  steps: call.steps.map((step) => (step.since === of ? into(step) : step)),
})
