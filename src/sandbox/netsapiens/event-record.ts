import type { Caller } from './caller.ts';

/** What can be told of (facts §6.3). */
export const models = [
  'call',
  'call_origid',
  'subscriber',
  'presence',
  'auditlog',
  'message',
  'messagesession',
  'agent',
  'cdr',
  'call_recording',
  'voicemail',
  'queued',
] as const;

export type Model = (typeof models)[number];

/** Somebody's wish to be told of one model, at an address (facts §6.1). */
export interface EventSubscription {
  readonly id: string;
  readonly model: Model;
  /** A domain, or `*` for all. */
  readonly domain: string;
  /** A user, or `*` for all. */
  readonly user: string;
  /** A territory; empty for all. */
  readonly reseller: string;
  readonly postUrl: string;
  readonly expires: number;
  /** Who asked, who is told what they may read and nothing else. */
  readonly owner: Caller;
  /** Where the platform was reached, for the links in what is told. */
  readonly origin: string;
}
