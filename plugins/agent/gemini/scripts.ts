import { hookPrelude, word } from '../../../core/kit/hooks.ts'
import type { placesIn } from './places.ts'

type Places = ReturnType<typeof placesIn>

/** The events of gemini that are put down. https://geminicli.com/docs/hooks/reference */
export const events = ['SessionStart', 'BeforeAgent', 'AfterAgent', 'BeforeTool', 'AfterTool', 'Notification', 'SessionEnd'] as const

/** Its hooks: one script, called with the event; it puts a row down and never waits. What is long (prompts, outputs) is left out. */
export const hookScript = (places: Places, run: string): string => `#!/bin/sh
${hookPrelude({ state: places.state, mailbox: places.mailbox })}
run=${word(JSON.stringify(run))}
chats=${word(places.chats)}
now
# A bare quote cannot stand inside a JSON string, so a key is found nowhere else; sed, because sh looks for it in quadratic time.
upto() { sed 's/,"'"$1"'":.*$/}/'; }
case $1 in
  SessionStart)
    part=$(cat)
    id=\${part#*'"session_id":"'} id=\${id%%'"'*}
    path=\${part#*'"transcript_path":"'} path=\${path%%'"'*}
    case $id in *[!A-Za-z0-9-]*) ;; *) mkdir -p "$chats" && ln -sfn "$path" "$chats/$id.jsonl" ;; esac
    ;;
  BeforeAgent) part=$(upto prompt) ;;
  BeforeTool|AfterTool) part=$(upto tool_input) ;;
  AfterAgent)
    part=$(sed 's/,"prompt":.*,"prompt_response":/,"prompt_response":/')
    [ \${#part} -le 60000 ] || part=$(printf '%s' "$part" | upto prompt_response)
    ;;
  *)
    part=$(cat)
    [ \${#part} -le 60000 ] || part=$(printf '%s' "$part" | upto details)
    ;;
esac
row "{\\"v\\":1,\\"at\\":$at,\\"gemini\\":\\"$1\\",\\"run\\":$run,\\"payload\\":$part}"
case $1$part in SessionStart*'"source":"startup"'*) cat ${word(places.context)} ;; esac
exit 0
`

/** Makes the home, then becomes the program. */
export const startScript = (places: Places): string => `#!/bin/sh
umask 077
node ${word(places.prepare)} ${word(places.home)} ${word(places.settings)} ${word(places.policy)} || exit 1
GEMINI_CLI_HOME=${word(places.home)}
export GEMINI_CLI_HOME
exec "$@"
`

/**
 * Makes a home for this session's gemini beside the user's, because it takes settings from nowhere else: everything in it is a link
 * to the user's own, but for the settings, which are the user's with ours laid over, and what gemini writes anew. Runs once at each
 * start and ends; gemini is a node program, so there is a node.
 */
export const prepareScript = `'use strict'
const fs = require('node:fs')
const path = require('node:path')
const os = require('node:os')
const [home, laid, policy] = process.argv.slice(2)
const theirs = path.join(process.env.GEMINI_CLI_HOME || os.homedir(), '.gemini')
const ours = path.join(home, '.gemini')
const copied = ['settings.json', 'projects.json', 'state.json', 'policies']
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value)
const merged = (under, over) => {
  if (Array.isArray(under) && Array.isArray(over)) return [...under, ...over]
  if (!isObject(under) || !isObject(over)) return over
  const all = { ...under }
  for (const key of Object.keys(over)) all[key] = key in under ? merged(under[key], over[key]) : over[key]
  return all
}
const read = (file) => {
  if (!fs.existsSync(file)) return {}
  const text = fs.readFileSync(file, 'utf8').replace(/("(?:[^"\\\\]|\\\\.)*")|\\/\\/[^\\n]*|\\/\\*[\\s\\S]*?\\*\\//g, (_, quoted) => quoted || '')
  return JSON.parse(text)
}
fs.mkdirSync(ours, { recursive: true, mode: 0o700 })
// Conversations stay where the user's are, so that they can be taken up by hand.
fs.mkdirSync(path.join(theirs, 'tmp'), { recursive: true, mode: 0o700 })
for (const name of fs.readdirSync(theirs)) {
  const link = path.join(ours, name)
  if (name.endsWith('.tmp') || fs.existsSync(link)) continue
  if (!copied.includes(name)) {
    fs.rmSync(link, { force: true })
    fs.symlinkSync(path.join(theirs, name), link)
  } else if (name.endsWith('.json') && name !== 'settings.json') fs.copyFileSync(path.join(theirs, name), link)
}
fs.rmSync(path.join(ours, 'policies'), { recursive: true, force: true })
fs.mkdirSync(path.join(ours, 'policies'), { mode: 0o700 })
const rules = path.join(theirs, 'policies')
for (const name of fs.existsSync(rules) ? fs.readdirSync(rules) : []) fs.copyFileSync(path.join(rules, name), path.join(ours, 'policies', name))
fs.copyFileSync(policy, path.join(ours, 'policies', 'ao.toml'))
const settings = merged(read(path.join(theirs, 'settings.json')), read(laid))
fs.writeFileSync(path.join(ours, 'settings.json'), JSON.stringify(settings, null, 2), { mode: 0o600 })
`
