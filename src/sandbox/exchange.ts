import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import type { Company } from './company.ts';
import type { Switches } from './switches.ts';

/** One request as it came in, its body read whole. Nothing is decoded yet: quirks live in the decoding. */
export interface Incoming {
  readonly method: string;
  /** The whole path, still percent-encoded, always with a leading slash. */
  readonly path: string;
  /** Query string without the question mark, still percent-encoded. */
  readonly query: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What a platform answers. `reason` is the phrase of the status line, where the legacy API puts its errors. */
export interface Reply {
  readonly status: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a request asks for, in the platform's own words: the keys faults and tests select requests by. */
export interface Description {
  /** CloudLink: `authentication`, `admin`, … */
  readonly service?: string;
  /** CloudLink: the route as documented, such as `GET /accounts/{accountId}/users`. */
  readonly route?: string;
  /** Legacy: the object, or `oauth2` for the token endpoint. */
  readonly object?: string;
  /** Legacy: the action; `token`, `read` or `revoke` for `oauth2`. */
  readonly action?: string;
}

/** One of the two platforms: it answers requests and can be put back to its first day. */
export interface Platform {
  /** Whether the request is meant for this platform. */
  accepts(incoming: Incoming): boolean;
  describe(incoming: Incoming): Description;
  handle(incoming: Incoming): Reply | Promise<Reply>;
  /** The platform's own answer to a token that has expired, whatever the request carries. */
  refuseToken(incoming: Incoming): Reply;
  /** Forgets everything that happened and starts from this company. Tokens already handed out stay good. */
  reset(company: Company): void;
}

/** What a platform is made of. `switches` is read at every request, so a change counts at once. */
export interface PlatformOptions {
  readonly clock: Clock;
  readonly switches: Readonly<Switches>;
}
