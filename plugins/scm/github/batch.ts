import { isFault } from '../../../core/kit/fault.ts'

/** Asks one thing, together with all others that are asked in the same turn of the event loop. Rejects with what spoiled this one. */
export type Loader<K, V> = (key: K, signal: AbortSignal) => Promise<V>

type Parts<K, V> = {
  /** One request: what it found for each key, in their order; an Error stands for one that could not be read. */
  readonly ask: (keys: readonly K[], signal: AbortSignal) => Promise<readonly (V | Error)[]>
  /** The same text, the same question. */
  readonly name: (key: K) => string
  /** So many keys go into one request. */
  readonly most: number
  /** While a request is under way the next one is gathered until it is full: for questions that come one by one from many side by side. */
  readonly isPatient?: boolean
}

type Waiting<K, V> = {
  readonly key: K
  readonly answer: Promise<V>
  readonly resolve: (value: V) => void
  readonly reject: (error: unknown) => void
  /** How many still want it. */
  callers: number
  /** Gives up the request it is in, if nobody wants anything of that any more. */
  leave: () => void
}

/**
 * Gathers what is asked in one turn and asks it in as few requests as `most` allows, all at once. A caller whose signal aborts
 * leaves; the request is given up when the last one has left. A request that fails whole, although the forge is there, is asked
 * again in halves until what spoils it stands alone.
 */
export const openLoader = <K, V>({ ask, name, most, isPatient = false }: Parts<K, V>): Loader<K, V> => {
  let gathered = new Map<string, Waiting<K, V>>()
  let underWay = 0

  const send = (): void => {
    if (isPatient && underWay > 0 && gathered.size < most) return
    const all = [...gathered.values()].filter(({ callers }) => callers > 0)
    gathered = new Map()
    for (let from = 0; from < all.length; from += most) {
      underWay += 1
      void sendPortion(all.slice(from, from + most)).finally(() => {
        underWay -= 1
        if (isPatient && gathered.size > 0) send()
      })
    }
  }

  const sendPortion = async (portion: readonly Waiting<K, V>[]): Promise<void> => {
    const stopped = new AbortController()
    for (const one of portion)
      one.leave = () => {
        if (portion.every(({ callers }) => callers === 0)) stopped.abort(new Error('nobody waits for it any more'))
      }
    const keys = portion.map(({ key }) => key)
    const answers = await askApart(keys, (some) => ask(some, stopped.signal))
    portion.forEach((one, index) => {
      const answer = answers[index]
      if (answer instanceof Error) one.reject(answer)
      else one.resolve(answer as V) // there is one for each key
    })
  }

  return async (key, signal) => {
    signal.throwIfAborted()
    const text = name(key)
    let waiting = gathered.get(text)
    if (!waiting) {
      waiting = newWaiting(key)
      gathered.set(text, waiting)
      if (gathered.size === 1 || gathered.size === most) setImmediate(send)
    }
    return wantedBy(waiting, signal)
  }
}

const newWaiting = <K, V>(key: K): Waiting<K, V> => {
  let resolve: (value: V) => void = () => {}
  let reject: (error: unknown) => void = () => {}
  const answer = new Promise<V>((yes, no) => {
    resolve = yes
    reject = no
  })
  answer.catch(() => {}) // each caller hears of it by itself, unless it has left
  return { key, answer, resolve, reject, callers: 0, leave: () => {} }
}

const wantedBy = async <K, V>(waiting: Waiting<K, V>, signal: AbortSignal): Promise<V> => {
  waiting.callers += 1
  let leave = (): void => {}
  const left = new Promise<never>((_, reject) => {
    leave = () => {
      waiting.callers -= 1
      waiting.leave()
      reject(signal.reason)
    }
  })
  const forget = whenAborted(signal, () => leave())
  try {
    return await Promise.race([waiting.answer, left])
  } finally {
    forget()
  }
}

const listening = new WeakMap<AbortSignal, Set<() => void>>()

/** One listener a signal, however many wait: a look asks for hundreds of things with the same one, and Node takes that for a leak. */
const whenAborted = (signal: AbortSignal, leave: () => void): (() => void) => {
  let all = listening.get(signal)
  if (!all) {
    const made = new Set<() => void>()
    signal.addEventListener('abort', () => made.forEach((one) => void one()), { once: true })
    listening.set(signal, made)
    all = made
  }
  all.add(leave)
  return () => void all.delete(leave)
}

/** Quarters are tried in any case; when none of them was answered it is the forge that fails and not one of the keys. */
const leastRounds = 3

const askApart = async <K, V>(
  keys: readonly K[],
  ask: (keys: readonly K[]) => Promise<readonly (V | Error)[]>,
): Promise<readonly (V | Error)[]> => {
  const answers: (V | Error)[] = []
  let isAnswered = false
  let places: readonly (readonly number[])[] = [[...keys.keys()]]
  for (let round = 1; places.length > 0; round += 1) {
    const failed = await Promise.all(places.map((some) => attempt(some)))
    places = failed.flatMap(({ some, error }) => {
      if (error === null) return []
      const isLast = some.length === 1 || !isSpoiled(error) || (round >= leastRounds && !isAnswered)
      if (isLast) for (const place of some) answers[place] = error
      const middle = Math.ceil(some.length / 2)
      return isLast ? [] : [some.slice(0, middle), some.slice(middle)]
    })
  }
  return answers

  async function attempt(some: readonly number[]) {
    try {
      const found = await ask(some.map((place) => keys[place] as K)) // the places are those of the keys
      some.forEach((place, index) => {
        answers[place] = found[index] as V | Error // as many as were asked
      })
      isAnswered = true
      return { some, error: null }
    } catch (error) {
      return { some, error: error instanceof Error ? error : new Error(String(error)) }
    }
  }
}

/** May one of the things that were asked be the reason? GitHub answers 502 or nothing at all when a part of a query takes it too long. */
const isSpoiled = (error: unknown): boolean =>
  isFault(error, 'GITHUB_DOWN') || isFault(error, 'GITHUB_GARBLED') || isFault(error, 'REFUSED') || isFault(error, 'REPOSITORY_UNKNOWN')
