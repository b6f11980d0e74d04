import type { PlatformName } from '../upstream/errors.ts';

/** How the changes of a platform come here. Where they are checked, what is delivered is only a reason to read. */
export type FeedMode =
  | { readonly kind: 'webhook'; readonly isChecked: boolean }
  | { readonly kind: 'poll'; readonly everyMs: number };

/** Whether nobody is told what deliveries say, since nothing proves who sends them (S23). */
export const isChecked = (mode: FeedMode): boolean => mode.kind === 'webhook' && mode.isChecked;

/** Whether somebody may be told what deliveries say. Else every change is found by reading, and must be in a list. */
export const isBelieved = (mode: FeedMode): boolean => mode.kind === 'webhook' && !mode.isChecked;

/** The settings that prove who sends deliveries. Nothing says that CloudLink signs unless it is asked to. */
export const proofSettings: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CLOUDLINK_WEBHOOK_NETWORKS (or, where CloudLink signs, WEBHOOK_SECRETS)',
  subscriber: 'SUBSCRIBER_WEBHOOK_NETWORKS',
};
