/**
 * The columns of a message (facts §5.8). `timestamp` is in UTC. Of the three kinds of address only those that the
 * type of the message has are filled.
 */
export const messageColumns = [
  'id',
  'session_id',
  'domain',
  'timestamp',
  'type',
  'from_uid',
  'from_num',
  'dialed',
  'term_num',
  'term_uid',
  'text',
  'remotepath',
  'media_type',
  'size',
] as const;

/** The columns of a session as one of its participants sees it; they are inferred (facts §5.8). */
export const sessionColumns = [
  'session_id',
  'domain',
  'user',
  'session_name',
  'last_timestamp',
  'last_message',
  'participants',
  'muted',
  'rx_hostname',
  'term_queue',
] as const;

export interface Message {
  readonly id: string;
  readonly sessionId: string;
  readonly domain: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
  readonly type: string;
  readonly fromUid: string;
  readonly fromNumber: string;
  readonly destination: string;
  readonly text: string;
  readonly media?: { readonly type: string; readonly content: Buffer };
  /** The uids of those who deleted it, which hides it from them. */
  readonly hiddenFrom: readonly string[];
}

export interface MessageSession {
  readonly sessionId: string;
  readonly domain: string;
  readonly name: string;
  /** Uids of colleagues and numbers of others. */
  readonly participants: readonly string[];
  readonly mutedBy: readonly string[];
  /** The queue whose agents may accept the session; empty for all others. */
  readonly queue: string;
  readonly lastAt: number;
  readonly lastText: string;
}

/** A number that can send and receive messages, and whose it is. */
export const smsNumberColumns = ['number', 'domain', 'dest'] as const;
export type SmsNumberRecord = Readonly<Record<(typeof smsNumberColumns)[number], string>>;
