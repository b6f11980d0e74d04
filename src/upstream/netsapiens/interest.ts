import type { Interest } from '../change.ts';

/** What the platform can tell of (facts §6.3). */
export type Model =
  | 'call_origid'
  | 'subscriber'
  | 'presence'
  | 'message'
  | 'messagesession'
  | 'agent'
  | 'cdr'
  | 'call_recording';

/** To be told of a model in a domain, or of one of its users. */
export const subscriberInterest = (topic: Model, domain: string, user?: string): Interest => ({
  platform: 'subscriber',
  topic,
  subject: user === undefined ? domain : `${user}@${domain}`,
  of: user === undefined ? [domain] : [domain, user],
});
