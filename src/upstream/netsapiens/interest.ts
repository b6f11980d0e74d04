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

/** To be told of a model in a domain, or of one of its users. A domain holds no slash, whatever else a client names. */
export const subscriberInterest = (topic: Model, domain: string, user?: string): Interest => ({
  platform: 'subscriber',
  topic,
  subject: user === undefined ? domain : `${domain}/${user}`,
  of: user === undefined ? [domain] : [domain, user],
});
