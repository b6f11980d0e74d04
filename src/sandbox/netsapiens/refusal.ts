import { STATUS_CODES } from 'node:http';
import type { Reply } from '../exchange.ts';
import type { Switches } from '../switches.ts';

/** Thrown to refuse a request; the platform turns it into an answer at one place. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** The two token texts clients look for (facts §2.4), and A-24's for none at all. */
export const INVALID_TOKEN = 'The access token provided is invalid.';
export const EXPIRED_TOKEN = 'The access token provided has expired.';
export const MISSING_TOKEN = 'No access token was supplied.';

/**
 * The platform's way to say no: the text follows the standard phrase in the status line, as in
 * `401 Unauthorized The access token provided is invalid.`, and stands in the `warning` header; the body is
 * empty (facts §3.7).
 */
export const toReply = ({ status, message }: Refusal, switches: Readonly<Switches>, host: string): Reply => {
  // Neither a status line nor a header can carry anything else.
  const text = message.replace(/[^\x20-\x7e]/g, '?');
  return {
    status,
    reason: `${STATUS_CODES[status] ?? ''} ${text}`.trim(),
    headers: {
      'content-type': 'text/plain',
      warning: switches.legacyWarning === 'plain' ? text : `199 ${host} "${text.replaceAll('"', "'")}"`,
    },
    body: '',
  };
};
