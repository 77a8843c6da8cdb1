import type { Parts } from '../../bot/bot.ts'
import { noCalls, type OpenCalls } from '../../bot/escalate/calls.ts'
import { defaultEscalation } from '../../core/config/escalation.ts'
import type { StreamParts } from '../../core/contracts/engine.ts'
import type { Document } from '../../core/contracts/store.ts'
import { createEngine } from '../../core/engine/engine.ts'
import { silent } from '../../core/kit/log.ts'
import { openMemoryJournal } from '../../core/store/memory.ts'

/** What a bot calls people with, for tests that are not about that: by the defaults, and by a clock that calls nobody. */
export const callingParts = (now: () => number): Pick<Parts, 'runCalls' | 'openCalls' | 'escalationOf' | 'hasPrivate'> => ({
  hasPrivate: () => true,
  openCalls: documentOf(noCalls()),
  runCalls: <State, Input extends { readonly at: number }, Fact, Effect>({ tick, ...parts }: StreamParts<State, Input, Fact, Effect>) =>
    createEngine<State, Input, Fact, Effect>(
      { ...parts, journal: openMemoryJournal<Fact>(), clock: { now, wakeAt: () => () => {} }, log: silent },
      tick,
    ),
  escalationOf: () => defaultEscalation,
})

const documentOf = (value: OpenCalls): Document<OpenCalls> => ({ value, update: async (change) => change(value) })
