import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Clock } from './clock.ts';
import type { Description } from './exchange.ts';

/** One request as the log tells it. What is not known yet, or never will be, is null. */
export interface LoggedRequest extends Description {
  readonly id: number;
  readonly at: string;
  readonly method: string;
  /** As received: path and query, still percent-encoded. */
  readonly url: string;
  readonly platform: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What `Authorization` carries, without the word Bearer or Basic. */
  readonly credential: string | null;
  /** The status sent; null where no status line was sent. */
  readonly status: number | null;
  /** The body that was sent or about to be; empty for the fault `large`, which makes it up as it sends. */
  readonly answer: string;
  /** Whether the client went away before the answer was complete. */
  readonly aborted: boolean;
  readonly durationMs: number | null;
  /** How many requests were under way when this one came, itself included. */
  readonly concurrent: number;
}

/** A request under way: the log entry is filled in as things become known. */
export interface LogEntry {
  note(known: Partial<Pick<LoggedRequest, 'platform' | 'status' | keyof Description>>): void;
  noteBody(body: Buffer): void;
  noteAnswer(content: Buffer): void;
  end(aborted: boolean): void;
}

/**
 * The requests that came in, oldest first, at most `LOG_SIZE` and as many as have `LOG_BODIES_LENGTH` in their bodies
 * and answers; the count of the dropped tells what is missing.
 */
export interface RequestLog {
  start(request: IncomingMessage): LogEntry;
  list(isWanted: (request: LoggedRequest) => boolean): readonly LoggedRequest[];
  dropped(): number;
  clear(): void;
}

export const LOG_SIZE = 10_000;
export const LOGGED_BODY_BYTES = 64 * 1024;
/** Characters in all bodies and answers together. */
export const LOG_BODIES_LENGTH = 32 * 1024 * 1024;

/** CloudLink also takes a bare token (cloudlink.md §2.4). */
const toCredential = (authorization: string | undefined): string | null =>
  authorization?.replace(/^(?:bearer|basic)\s+/i, '') ?? null;

const toText = (content: Buffer): string =>
  content.length <= LOGGED_BODY_BYTES
    ? content.toString('utf8')
    : `${content.toString('utf8', 0, LOGGED_BODY_BYTES)}… [cut: ${content.length} bytes in all]`;

export const createRequestLog = (clock: Clock): RequestLog => {
  type Entry = { -readonly [Name in keyof LoggedRequest]: LoggedRequest[Name] };
  let entries: Entry[] = [];
  let lastId = 0;
  let dropped = 0;
  let underWay = 0;
  let bodiesLength = 0;

  const toEntry = ({ method = '', url = '', headers }: IncomingMessage): Entry => ({
    id: ++lastId,
    at: new Date(clock.now()).toISOString(),
    method,
    url,
    platform: null,
    headers,
    body: '',
    credential: toCredential(headers.authorization),
    status: null,
    answer: '',
    aborted: false,
    durationMs: null,
    concurrent: underWay,
  });

  /** The length of the bodies that are left. */
  const dropOldest = (): number => {
    dropped += 1;
    const { body = '', answer = '' } = entries.shift() ?? {};
    bodiesLength -= body.length + answer.length;
    return bodiesLength;
  };

  const keep = (entry: Entry, name: 'body' | 'answer', text: string) => {
    const [oldest] = entries;
    // Dropped or cleared in the meantime.
    if (oldest === undefined || entry.id < oldest.id) return;
    entry[name] = text;
    bodiesLength += text.length;
    let left = bodiesLength;
    while (left > LOG_BODIES_LENGTH) left = dropOldest();
  };

  const start = (request: IncomingMessage): LogEntry => {
    const began = performance.now();
    underWay += 1;
    const entry = toEntry(request);
    entries.push(entry);
    if (entries.length > LOG_SIZE) dropOldest();
    return {
      note: (known) => void Object.assign(entry, known),
      noteBody: (body) => keep(entry, 'body', toText(body)),
      noteAnswer: (content) => keep(entry, 'answer', toText(content)),
      end: (aborted) => {
        underWay -= 1;
        entry.aborted = aborted;
        entry.durationMs = Math.round(performance.now() - began);
      },
    };
  };

  return {
    start,
    list: (isWanted) => entries.filter(isWanted),
    dropped: () => dropped,
    clear: () => {
      entries = [];
      dropped = 0;
      bodiesLength = 0;
    },
  };
};
