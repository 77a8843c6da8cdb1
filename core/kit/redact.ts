/** Takes secrets out of a text. */
export type Redact = (text: string) => string

/**
 * Replaces every secret, and every shape that is known to be one, by `[secret]`. Short values (under 6 characters) are
 * left alone: they would blank out ordinary words.
 */
export const redacting = (secrets: readonly string[]): Redact => {
  const known = secrets.filter((secret) => secret.length >= 6).sort((a, b) => b.length - a.length)
  return (text) => known.reduce((rest, secret) => rest.replaceAll(secret, '[secret]'), text).replace(shapes, '[secret]')
}

/** The same value with every text in it redacted; what holds no secret keeps its shape. */
export const redactDeep = <T>(value: T, redact: Redact): T => {
  const walk = (part: unknown): unknown => {
    if (typeof part === 'string') return redact(part)
    if (Array.isArray(part)) return part.map(walk)
    if (part === null || typeof part !== 'object') return part
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, walk(inner)]))
  }
  return walk(value) as T // only texts are changed, and only into texts
}

// Documented prefixes: GitHub (gh*_), Slack (xox*-, xapp-), Anthropic and OpenAI (sk-), AWS access keys, JWTs, keys in URLs.
const shapes =
  /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{10,}|sk-[A-Za-z0-9_-]{20,}|AKIA[A-Z0-9]{16}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})|(?<=:\/\/[^/\s:@]{0,64}:)[^/\s:@]{1,256}(?=@)/g
