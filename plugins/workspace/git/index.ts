export { clone } from './clone.ts'
export { fault } from './fault.ts'
export { worktree } from './worktree.ts'
