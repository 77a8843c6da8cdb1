import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A coding agent that `ao init` knows how to call, until it has a plugin of its own. */
export type KnownAgent = { readonly program: string; readonly run: string; readonly install: string }

/**
 * One-shot command lines: the process ends with its turn, and words for it start the next. Each is in the agent's own safe
 * mode: it edits files of its workspace; what it may run beyond that is the agent's own configuration.
 */
export const knownAgents: Readonly<Record<string, KnownAgent>> = {
  claude: {
    program: 'claude',
    run: 'claude -p --permission-mode acceptEdits {prompt}',
    install: 'npm install -g @anthropic-ai/claude-code',
  },
  codex: { program: 'codex', run: 'codex exec -s workspace-write {prompt}', install: 'npm install -g @openai/codex' },
  opencode: { program: 'opencode', run: 'opencode run {prompt}', install: 'npm install -g opencode-ai' },
  gemini: { program: 'gemini', run: 'gemini --approval-mode auto_edit -p {prompt}', install: 'npm install -g @google/gemini-cli' },
  aider: {
    program: 'aider',
    run: 'aider --yes-always --message {prompt}',
    install: 'python -m pip install aider-install && aider-install',
  },
}

/** Is there a program of that name on the PATH? */
export const isInstalled = (program: string, path: string): boolean =>
  path.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false // not there, or not ours to run: the answer we ask for
    }
  })
