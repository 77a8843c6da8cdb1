import type { Plugin } from '../core/contracts/plugins.ts'
import { aider } from './agent/aider/index.ts'
import { claudeCode } from './agent/claude-code/index.ts'
import { codex } from './agent/codex/index.ts'
import { command } from './agent/command.ts'
import { cursor } from './agent/cursor/index.ts'
import { gemini } from './agent/gemini/index.ts'
import { goose } from './agent/goose/index.ts'
import { opencode } from './agent/opencode/index.ts'
import { pi } from './agent/pi/index.ts'
import { scripted } from './agent/scripted/index.ts'
import { processes } from './runtime/process/index.ts'
import { tmux } from './runtime/tmux/index.ts'
import { github as githubScm } from './scm/github/index.ts'
import { local as localScm } from './scm/local/index.ts'
import { attach } from './terminal/attach.ts'
import { github as githubTracker } from './tracker/github/index.ts'
import { local as localTracker } from './tracker/local/index.ts'
import { clone, worktree } from './workspace/git/index.ts'

/** Every plugin there is. Adding one is its own folder and one line here. */
export const plugins: readonly Plugin[] = [
  tmux,
  processes,
  claudeCode,
  codex,
  opencode,
  gemini,
  pi,
  aider,
  goose,
  cursor,
  command,
  scripted,
  worktree,
  clone,
  localTracker,
  githubTracker,
  localScm,
  githubScm,
  attach,
]

/** What fills a slot that the config says nothing about. An agent is always named: nobody can guess which one is meant. */
export const defaultPlugins = { runtime: 'tmux', workspace: 'worktree', tracker: 'local', scm: 'local', terminal: 'attach' } as const
