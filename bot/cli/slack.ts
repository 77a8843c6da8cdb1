import { stringify } from 'yaml'
import { manifestOf } from '../../adapters/slack/manifest.ts'
import { docsPage } from './setups.ts'

export type ManifestOptions = { readonly name: string; readonly command: string; readonly url?: string; readonly json?: boolean }
export type Out = { readonly print: (text: string) => void; readonly hint: (text: string) => void }

const out: Out = {
  print: (text) => void process.stdout.write(`${text}\n`), // never broken into lines: it is pasted
  hint: (text) => {
    if (process.stdout.isTTY) process.stderr.write(`${text}\n`)
  },
}

/** `ao slack manifest`: prints what Slack makes the app from; on a terminal it says where that is pasted. */
export const manifest = async ({ name, command, url, json = false }: ManifestOptions, { print, hint }: Out = out): Promise<number> => {
  const made = manifestOf({ name, command, url: url ?? null })
  print(json ? JSON.stringify(made, null, 2) : stringify(made, { lineWidth: 0 }).trimEnd())
  hint(`\nPaste it at https://api.slack.com/apps: "Create New App", "From a manifest". Then: ${docsPage('slack')}`)
  return 0
}
