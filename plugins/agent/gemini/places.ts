import { fingerprint } from '../../../core/kit/text.ts'

/** Where the pieces of a gemini are in the folder of its session. `state` is of one start alone. */
export const placesIn = (folder: string, run: string) => {
  const state = `${folder}/gemini/${fingerprint(run)}`
  return {
    mailbox: `${folder}/mailbox.ndjson`,
    start: `${folder}/gemini/start.sh`,
    prepare: `${folder}/gemini/prepare.cjs`,
    home: `${folder}/gemini/home`,
    hook: `${folder}/gemini/hook.sh`,
    chats: chatsIn(folder),
    state,
    settings: `${state}/settings.json`,
    policy: `${state}/ao.toml`,
    context: `${state}/context.json`,
  } as const
}

/** Links to the conversations that gemini keeps, by their ids: where they lie is told by its hooks only. */
export const chatsIn = (folder: string): string => `${folder}/gemini/chats`
