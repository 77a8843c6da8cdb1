import type { Said } from './particulars.ts'

/** What `commentOn` writes. */
const decision =
  /^<!-- ao:review (approve|request-changes) [0-9a-f]+ -->\n\*\*(.+?)\*\* (?:approved|requested changes to) [0-9a-f]+ in the chat\.(?:\n\n([\s\S]*))?$/

/**
 * The requests for changes that people made in a chat and that could only be told as comments of the bot: each stands until the
 * same person approves there. Pure. Only comments of our own account are believed.
 */
export const chatRequests = (comments: readonly Said[]): readonly Said[] => {
  const last = new Map<string, { readonly verdict: string; readonly said: Said }>()
  for (const said of [...comments].sort((one, other) => one.at - other.at)) {
    const [, verdict, name, text = ''] = said.isOurs && said.text !== null ? (decision.exec(said.text) ?? []) : []
    if (verdict === undefined || name === undefined) continue
    const by = name.replace(/\\(?=[\\`*_[\]<>~|#])/g, '')
    last.set(by, {
      verdict,
      said: { ...said, author: { login: by, isBot: false }, isOurs: false, text: text.trim() || 'Changes are requested.' },
    })
  }
  return [...last.values()].flatMap(({ verdict, said }) => (verdict === 'request-changes' ? [said] : []))
}
