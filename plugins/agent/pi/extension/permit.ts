import { isAbsolute, relative, resolve } from 'node:path'
import { headline } from '../../../../core/kit/text.ts'
import type { LaunchFile } from '../places.ts'

/** A call of a tool that needs a person's word. `likes` names what else that word may cover for the rest of this process; null: nothing. */
export type Need = {
  readonly text: string
  readonly detail: string | null
  readonly likes: { readonly key: string; readonly says: string } | null
}

/** Tools that only look. */
const looking = new Set(['read', 'grep', 'find', 'ls'])

/**
 * What has to be asked before that call, or null. Looking around in the workspace is free, and so is `ao report`; commands, changes of
 * files (unless `auto-edit`), what lies outside of the workspace and tools that nobody knows are not. `real` resolves links.
 */
export const needOf = (
  { toolName, input }: { readonly toolName: string; readonly input: Readonly<Record<string, unknown>> },
  { permissions, workspace }: Pick<LaunchFile, 'permissions' | 'workspace'>,
  real: (path: string) => string,
): Need | null => {
  if (permissions === 'permissionless') return null
  if (toolName === 'bash') return commandNeed(String(input.command ?? ''))
  const isChange = toolName === 'write' || toolName === 'edit'
  if (!isChange && !looking.has(toolName))
    return {
      text: `pi wants to use the tool ${toolName}.`,
      detail: JSON.stringify(input, null, 2),
      likes: { key: `tool ${toolName}`, says: `the tool ${toolName}` },
    }
  const path = typeof input.path === 'string' ? input.path : '.'
  const isInside = isBelow(workspace, path, real)
  if (isInside && (!isChange || permissions === 'auto-edit')) return null
  return {
    text: `pi wants to ${isChange ? 'change' : 'look at'} ${path}${isInside ? '' : ', which is not in its workspace'}.`,
    detail: isChange ? changeIn(input) : null,
    likes: isInside ? { key: 'changes', says: 'changes of files in the workspace' } : { key: `${toolName} ${path}`, says: path },
  }
}

const commandNeed = (command: string): Need | null => {
  if (isReport(command)) return null
  const begin = beginning(command)
  return {
    text: `pi wants to run: ${headline(command, 160)}`,
    detail: command,
    likes:
      begin === null
        ? { key: `exactly ${command}`, says: 'this very command' }
        : { key: `begin ${begin}`, says: `commands that begin with "${begin}"` },
  }
}

/** Does a word that was given earlier cover this need? */
export const isCovered = ({ likes }: Need, given: ReadonlySet<string>): boolean => likes !== null && given.has(likes.key)

/** `ao report …` and nothing else: how it tells us where it is. */
const isReport = (command: string): boolean => isPlain(command) && /^ao report\s/.test(command.trim())

/** One program with its arguments: no second command, no redirection, nothing that the shell puts in. */
const isPlain = (command: string): boolean =>
  // From left to right, as a shell reads it: an apostrophe between double quotes begins nothing.
  (command.trim().match(/'[^']*'|"[^"]*"|[\s\S]/g) ?? []).every((part) => {
    if (part.length > 1 && part.startsWith("'")) return true
    if (part.length > 1 && part.startsWith('"')) return !/[$`\\!]/.test(part)
    return !/[\n;&|<>(){}#!*?[\]~$`\\'"]/.test(part)
  })

/** The program and what it is to do (`git commit`), where the command is that plain. */
const beginning = (command: string): string | null =>
  isPlain(command) ? (/^([\w./-]+ [a-z][\w:-]*)(?:\s|$)/.exec(command.trim())?.[1] ?? null) : null

const isBelow = (workspace: string, path: string, real: (path: string) => string): boolean => {
  const plain = path.replace(/^@/, '') // pi takes that off, too
  if (plain.startsWith('~')) return false
  const way = relative(real(workspace), real(resolve(workspace, plain)))
  return way === '' || (way !== '..' && !way.startsWith('../') && !isAbsolute(way))
}

const changeIn = (input: Readonly<Record<string, unknown>>): string => {
  if (typeof input.content === 'string') return input.content
  const edits = Array.isArray(input.edits) ? input.edits : [input]
  return edits
    .map((edit: unknown) => (typeof edit === 'object' && edit !== null ? (edit as Readonly<Record<string, unknown>>) : {})) // just looked at
    .map((edit) => `${lined('-', edit.oldText)}\n${lined('+', edit.newText)}`)
    .join('\n…\n')
}

const lined = (sign: string, text: unknown): string =>
  String(text ?? '')
    .split('\n')
    .map((line) => `${sign} ${line}`)
    .join('\n')
