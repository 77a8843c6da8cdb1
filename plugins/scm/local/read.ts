import { headline, plain } from '../../../core/kit/text.ts'

/** Why git did not push, in few words. */
export const readPushFailure = (output: string): { readonly reason: string; readonly cause: 'moved' | 'other' } => {
  const lines = plain(output)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('hint:') && !line.startsWith('To '))
  const rejected = lines.find((line) => line.includes('rejected]'))
  if (rejected && /\[rejected\]/.test(rejected)) return { reason: 'it has commits there that the workspace does not have', cause: 'moved' }
  const line = lines.find((one) => /^(?:fatal|error|remote):/.test(one)) ?? lines[0] ?? 'git gave no reason'
  return {
    reason: headline(rejected ? `${/\(([^)]*)\)\s*$/.exec(rejected)?.[1] ?? rejected}; ${line}` : line, 200).replace(/\.$/, ''),
    cause: 'other',
  }
}

/** One line of somebody else's words, free of control characters, at most 200 characters; `otherwise` when nothing is left. */
export const titleLine = (text: string, otherwise: string): string => headline(plain(text).replaceAll('\t', ' '), 200) || otherwise
