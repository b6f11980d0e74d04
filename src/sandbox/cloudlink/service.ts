import type { Clock } from '../clock.ts';
import type { Incoming } from '../exchange.ts';
import type { Switches } from '../switches.ts';
import type { Answer } from './answer.ts';
import type { Claims } from './jwt.ts';
import type { Limiter } from './limiter.ts';
import type { Store } from './store.ts';

/** Who is asking, as the access token says. For a client the principal is the client id. */
export interface Principal {
  readonly principalId: string;
  readonly accountId: string;
  readonly partnerId: string;
  readonly role: string;
}

/** A request to a known route, as its handler sees it, with everything the handler may use. */
export interface OpenCall {
  readonly incoming: Incoming;
  readonly store: Store;
  readonly clock: Clock;
  readonly switches: Readonly<Switches>;
  readonly limiter: Limiter;
  /** The path from the version segment on, still percent-encoded: what links start with. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The decoded value of one `{name}` of the route. */
  readonly parameter: (name: string) => string;
}

/** A call whose access token is good. */
export interface Call extends OpenCall {
  readonly principal: Principal;
  /** The claims of that token. */
  readonly claims: Claims;
}

export type OpenHandler = (call: OpenCall) => Answer;
export type Handler = (call: Call) => Answer;

/**
 * One CloudLink service: tables from `METHOD /path/{parameter}` to handler. Routes under `open` are answered
 * without a token. A new service is a file with such a value and its name in the list of `index.ts`.
 */
export interface Service {
  readonly name: string;
  readonly open: Readonly<Record<string, OpenHandler>>;
  readonly routes: Readonly<Record<string, Handler>>;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
