import { type OpenFile, openOnDisk } from '../../../core/store/disk.ts'

/** A disk with room for so many bytes, as a value: what does not fit is written in part, as real disks do. */
export type SmallDisk = {
  readonly open: OpenFile
  /** Room left. Raise it to free some space. */
  freeBytes: number
  /** When true, nothing can be synced or cut either. */
  isBroken: boolean
}

/** Makes one. Freed by what is cut off again. */
export const smallDisk = (freeBytes: number): SmallDisk => {
  const disk: SmallDisk = {
    freeBytes,
    isBroken: false,
    open: async (path, flags) => {
      const file = await openOnDisk(path, flags)
      const refuse = (code: string): Error => Object.assign(new Error(`${code}: no space left on device`), { code })
      return {
        write: async (bytes) => {
          if (disk.freeBytes <= 0) throw refuse('ENOSPC')
          const { bytesWritten } = await file.write(bytes.subarray(0, disk.freeBytes))
          disk.freeBytes -= bytesWritten
          return { bytesWritten }
        },
        truncate: async (lengthBytes) => {
          if (disk.isBroken) throw refuse('EIO')
          await file.truncate(lengthBytes)
        },
        datasync: async () => {
          if (disk.isBroken) throw refuse('EIO')
          await file.datasync()
        },
        close: () => file.close(),
      }
    },
  }
  return disk
}
