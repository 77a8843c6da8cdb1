import type { FactType } from '../contracts/fact.ts'
import type { Phase } from '../contracts/names.ts'

/**
 * The life of an agent's process. A pair that is not written here cannot happen. An agent that ends with its turn
 * (`agent.exited`, good) stays live: its words start it again.
 */
export const transitions: Readonly<Record<Phase, Partial<Record<FactType, Phase>>>> = {
  queued: { 'session.admitted': 'preparing', 'session.ended': 'ended' },
  preparing: { 'agent.started': 'live', 'session.ended': 'ended' },
  live: { 'agent.exited': 'lost', 'session.ended': 'ended' },
  lost: { 'agent.started': 'live', 'session.ended': 'ended' },
  ended: { 'session.restored': 'queued' },
}
