import { plain } from '../../core/kit/text.ts'
import type { Finding } from '../contracts/chat.ts'
import { ink } from './print.ts'

/** A finding as lines for a terminal; `clean` takes out what nobody may see. */
export const findingLines = ({ level, what, cure }: Finding, clean: (text: string) => string): readonly string[] => {
  const shown = (text: string): string => plain(clean(text)).replaceAll('\n', '\n      ')
  return [`${paint[level](level)}  ${shown(what)}`, ...(cure ? [`      ${shown(cure)}`] : [])]
}

const paint = { PASS: ink.good, WARN: ink.warn, FAIL: ink.bad } as const
