import type { PlatformName } from '../upstream/errors.ts';

/** How the changes of a platform come here. Where they are checked, what is delivered is only a reason to read. */
export type FeedMode =
  | { readonly kind: 'webhook'; readonly isChecked: boolean }
  | { readonly kind: 'poll'; readonly everyMs: number };

/** Whether nobody is told what deliveries say, since nothing proves who sends them (S23). */
export const isChecked = (mode: FeedMode): boolean => mode.kind === 'webhook' && mode.isChecked;

/** The settings that prove who sends deliveries, any of which will do. */
export const proofSettings: Readonly<Record<PlatformName, string>> = {
  cloudlink: 'CLOUDLINK_WEBHOOK_NETWORKS or WEBHOOK_SECRETS',
  subscriber: 'SUBSCRIBER_WEBHOOK_NETWORKS',
};
