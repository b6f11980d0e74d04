import type { PlatformOptions } from '../exchange.ts';
import { toTime } from './subscriber-record.ts';

/** Writes that were accepted and are not done yet: this platform replicates before it shows (facts §3.3, A-25). */
export interface PendingWrites {
  /** Makes the change once the write delay is over; at once when there is no delay. */
  add(change: (time: string) => void): void;
  /** Makes every change that is due. Called at the start of each request, so that no timer is needed. */
  applyDue(): void;
  /** Forgets what was accepted and is not done. */
  clear(): void;
}

export const createPendingWrites = ({ clock, switches }: PlatformOptions): PendingWrites => {
  let pending: { readonly due: number; readonly change: (time: string) => void }[] = [];

  const applyDue = () => {
    const now = clock.now();
    const due = pending.filter((write) => write.due <= now).toSorted((one, other) => one.due - other.due);
    pending = pending.filter((write) => write.due > now);
    for (const write of due) write.change(toTime(write.due));
  };

  return {
    add(change) {
      pending.push({ due: clock.now() + switches.legacyWriteDelayMs, change });
      applyDue();
    },
    applyDue,
    clear() {
      pending = [];
    },
  };
};
