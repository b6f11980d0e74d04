import type { IncomingHttpHeaders } from 'node:http';
import type { Clock } from './clock.ts';
import type { CallSide } from './company-call.ts';
import type { Company, CompanyAccount } from './company.ts';
import type { Switches } from './switches.ts';
import type { WebhookSender } from './webhook/sender.ts';

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

/** A call of the simulator, which both platforms tell in their own way. */
export interface ScriptedCall {
  readonly account: CompanyAccount;
  readonly from: CallSide;
  readonly to: CallSide;
  readonly isRecorded: boolean;
}

/** What becomes of a call once it rings: `completed` ends one that nobody answered as missed. */
export const callSteps = ['connected', 'held', 'completed'] as const;
export type CallStep = (typeof callSteps)[number];

/** A call that rings, until its steps are told. */
export interface RunningCall {
  /** What the platform calls it. */
  readonly ids: Readonly<Record<string, unknown>>;
  /** Does nothing where the call is over already: somebody may have ended it through the API. */
  move(step: CallStep): void;
}

/** One of the two platforms: it answers requests and can be put back to its first day. */
export interface Platform {
  /** Whether the request is meant for this platform. */
  accepts(incoming: Incoming): boolean;
  describe(incoming: Incoming): Description;
  handle(incoming: Incoming): Reply | Promise<Reply>;
  /** The platform's own answer to a token that has expired, whatever the request carries. */
  refuseToken(incoming: Incoming): Reply;
  /** Lets happen what is due by the clock, for whoever only listens; costs next to nothing where nobody does. */
  advance(): void;
  /** Publishes an event as it is given, and says how many subscriptions it went to. Throws an InputError. */
  publish(event: unknown): number;
  /** Lets a call ring; undefined where nobody of this platform takes part. */
  beginCall(call: ScriptedCall): RunningCall | undefined;
  /** Forgets everything that happened and starts from this company. Tokens already handed out stay good. */
  reset(company: Company): void;
}

/** What a platform is made of. `switches` is read at every request, so a change counts at once. */
export interface PlatformOptions {
  readonly clock: Clock;
  readonly switches: Readonly<Switches>;
  readonly sender: WebhookSender;
}
