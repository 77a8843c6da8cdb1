/** One row of a catalogue: what happened, with the offending value in it, and one thing to do about it. */
export type FaultRow<Facts> = {
  readonly what: (facts: Facts) => string
  readonly hint: (facts: Facts) => string
  /** True when it may pass by itself (a busy server, a full disk), so that trying again is worth it. */
  readonly mayPass?: boolean
}

/**
 * An error a person can act on: `code` for programs, `message` for the log, `hint` for the chat.
 *
 * Made by the catalogue of the folder it belongs to. Anything else that is thrown is a bug.
 */
export class Fault extends Error {
  readonly code: string
  readonly facts: Readonly<Record<string, unknown>>
  readonly hint: string
  readonly mayPass: boolean

  constructor(
    row: { code: string; what: string; hint: string; mayPass: boolean; facts: Readonly<Record<string, unknown>> },
    options?: ErrorOptions,
  ) {
    super(row.what, options)
    this.name = 'Fault'
    this.code = row.code
    this.facts = row.facts
    this.hint = row.hint
    this.mayPass = row.mayPass
  }
}

type Rows = Readonly<Record<string, FaultRow<never>>>
type FactsOf<Row> = Row extends FaultRow<infer Facts> ? Facts : never

/** A folder's catalogue: call it with a code and its facts to make the fault; `rows` is for the test that gathers them all. */
export type Catalogue<R extends Rows> = {
  <C extends keyof R & string>(code: C, facts: FactsOf<R[C]>, options?: ErrorOptions): Fault
  readonly rows: R
}

/** One row, with the type of its facts inferred from `what`. */
export const row = <Facts extends object>(
  what: (facts: Facts) => string,
  hint: (facts: Facts) => string,
  more: { readonly mayPass?: boolean } = {},
): FaultRow<Facts> => ({ what, hint, ...more })

/**
 * Every failure a folder causes on purpose. Codes are public: never renamed, never reused.
 *
 * @example
 * const fault = catalogue({ DISK_FULL: row<{ path: string }>((f) => `No space for ${f.path}.`, () => 'Free some space.', { mayPass: true }) })
 * throw fault('DISK_FULL', { path }, { cause })
 */
export const catalogue = <R extends Rows>(rows: R): Catalogue<R> =>
  Object.assign(
    <C extends keyof R & string>(code: C, facts: FactsOf<R[C]>, options?: ErrorOptions): Fault => {
      const found = rows[code] as FaultRow<FactsOf<R[C]>> // the key came from the same table
      return new Fault(
        {
          code,
          what: found.what(facts),
          hint: found.hint(facts),
          mayPass: found.mayPass ?? false,
          facts: facts as Readonly<Record<string, unknown>>,
        },
        options,
      )
    },
    { rows },
  )

/** Is it a fault, and of that code if one is named? */
export const isFault = (error: unknown, code?: string): error is Fault =>
  error instanceof Fault && (code === undefined || error.code === code)

/** An error as text for logs and facts: its message, and that of its causes. */
export const explain = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message} (${explain(error.cause)})`
}
