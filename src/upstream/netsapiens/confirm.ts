import { readBack } from '../read-back.ts';

/** Reads anew until an accepted change shows, or throws ACCEPTED_NOT_VISIBLE (facts §7). */
export type Confirm = <Model>(
  read: () => Promise<Model>,
  isVisible: (model: Model) => boolean,
) => Promise<Model>;

export const createConfirm =
  (signal: AbortSignal): Confirm =>
  (read, isVisible) =>
    readBack({ platform: 'subscriber', read, isVisible, signal });
