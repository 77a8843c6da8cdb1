/** One of the `errors` that GitHub lists with a 422. */
export type FieldError =
  | { readonly resource: string; readonly field?: string; readonly code: string; readonly message?: string; readonly value?: unknown }
  | string

/** What the stand-in throws when it refuses: GitHub's status, its words and the `errors` where it lists some. */
export class Refusal extends Error {
  readonly status: number
  readonly errors: readonly FieldError[] | null
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    message: string,
    errors: readonly FieldError[] | null = null,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

/** Throws a refusal. */
export const refuse = (status: number, message: string, errors: readonly FieldError[] | null = null): never => {
  throw new Refusal(status, message, errors)
}

export const notFound = (): never => refuse(404, 'Not Found')

/** 422 for a field: `code` is GitHub's (`missing`, `missing_field`, `invalid`, `already_exists`, `custom`). */
export const invalid = (
  resource: string,
  field: string,
  code: string,
  more: { readonly message?: string; readonly value?: unknown } = {},
): never => refuse(422, 'Validation Failed', [{ resource, field, code, ...more }])
