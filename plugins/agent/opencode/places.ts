/** Where the pieces of an opencode are in the folder of its session. */
export const placesIn = (folder: string) =>
  ({
    mailbox: `${folder}/mailbox.ndjson`,
    script: `${folder}/opencode/start.sh`,
    /** Written by the script: see `readServer`. */
    server: `${folder}/opencode/server`,
    instructions: `${folder}/opencode/instructions.md`,
    launch: `${folder}/opencode/launch.json`,
  }) as const

/** What `listen` is told of a start. */
export type LaunchFile = {
  readonly run: string
  /** The conversation to take up, or null to find the one that begins. */
  readonly resume: string | null
  /** Its first words, where they cannot be given on the command line; null where they are. */
  readonly prompt: string | null
  /** opencode's name for the way of working: `build` or `plan`. */
  readonly agent: string
  readonly model: string | null
}
