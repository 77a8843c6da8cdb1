/** Where the pieces of a pi are in the folder of its session. */
export const placesIn = (folder: string) =>
  ({
    launch: `${folder}/pi/launch.json`,
    prompt: `${folder}/pi/prompt.md`,
    instructions: `${folder}/pi/instructions.md`,
    inbox: `${folder}/pi/inbox`,
  }) as const

/** Names the file of `LaunchFile` to the extension. */
export const launchVariable = 'AO_PI'

/** What the extension is told of its start. */
export type LaunchFile = {
  readonly run: string
  readonly folder: string
  readonly workspace: string
  /** The conversation to take up: its file. */
  readonly resume: string | null
  readonly permissions: 'default' | 'auto-edit' | 'permissionless'
}

/** Lies in the inbox when the turn that runs is to be broken off; it has no content. */
export const stopLetter = 'stop'

/** A message on its way into pi: one file each, in the order of their names, kept until pi's own conversation shows it. */
export type Letter = { readonly id: string; readonly text: string }
