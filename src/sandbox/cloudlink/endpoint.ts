import { isAdministrator } from './access.ts';
import { readBody } from './body.ts';
import { forbidden, notFound } from './failure.ts';
import { flag } from './field.ts';
import { toItem } from './hal.ts';
import { toState } from './live-call.ts';
import type { EndpointSettings } from './media-store.ts';
import { endpointKey } from './media-store.ts';
import type { Answer } from './answer.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Store, User } from './store.ts';
import { tell } from './store.ts';
import type { Seen } from './switchboard.ts';
import type { ObjectSchema } from './validation.ts';

/** An endpoint is the extension of a user, and its id is the number (facts §3.5). */
export interface Endpoint {
  readonly endpointId: string;
  readonly user: User;
}

const usual: EndpointSettings = {
  userAvailability: 'available',
  messageWaiting: false,
  dnd: false,
  pstnRouting: false,
};

interface EndpointChange {
  readonly action: 'dnd' | 'messageWaiting' | 'pstnRouting';
  readonly userAvailability: string;
  readonly enabled?: boolean;
  readonly timeoutMs?: number;
}

const schema: ObjectSchema<EndpointChange> = {
  type: 'object',
  properties: {
    action: { type: 'string', enum: ['dnd', 'messageWaiting', 'pstnRouting'] },
    userAvailability: { type: 'string', enum: ['available', 'busy', 'dnd', 'away'] },
    enabled: flag,
    timeoutMs: { type: 'integer', minimum: 3000, maximum: 30_000 },
  },
  required: ['action', 'userAvailability'],
};

/** The first user of the account with this extension. */
export const findEndpoint = (store: Store, accountId: string, endpointId: string): Endpoint | undefined => {
  for (const user of store.users.values())
    if (user.accountId === accountId && user.extension === endpointId) return { endpointId, user };
  return undefined;
};

export const settingsOf = ({ media }: Store, accountId: string, endpointId: string): EndpointSettings =>
  media.endpoints.get(endpointKey(accountId, endpointId)) ?? usual;

/** The endpoint the path names, in the token's account. Throws a 404. */
export const readEndpoint = ({ store, principal, parameter }: Call): Endpoint => {
  const endpoint = findEndpoint(store, principal.accountId, parameter('endpointId'));
  if (endpoint === undefined) throw notFound();
  return endpoint;
};

/** The same for whoever may act on it: administrators and its own user. Throws a 403 or 404. */
export const readOwnEndpoint = (call: Call): Endpoint => {
  const endpoint = readEndpoint(call);
  if (!isAdministrator(call.principal) && endpoint.user.userId !== call.principal.principalId)
    throw forbidden();
  return endpoint;
};

/** The answer to a command: what there is to show, or 202 where the PBX has only taken it (facts §6.1). */
export const accept = ({ switches }: Call, answer: Answer): Answer =>
  switches.cloudlinkAcceptCommands ? { status: 202, body: undefined } : answer;

/** The calls an endpoint has, as it sees them. */
export const seenBy = ({ media }: Store, accountId: string, endpointId: string): readonly Seen[] =>
  media.switchboard.seenIn(accountId).filter(({ call, side }) => call[side].party.endpointId === endpointId);

export const stateOf = (store: Store, accountId: string, endpointId: string): string => {
  const states = new Set(seenBy(store, accountId, endpointId).map(({ call, side }) => toState(call, side)));
  return (['connected', 'ringing', 'held'] as const).find((state) => states.has(state)) ?? 'idle';
};

export const toEndpoint = (store: Store, { endpointId, user }: Endpoint) =>
  toItem(
    {
      endpointId,
      name: user.name ?? user.email,
      state: stateOf(store, user.accountId, endpointId),
      ...settingsOf(store, user.accountId, endpointId),
    },
    'endpoints',
    endpointId,
  );

export const getEndpoint: Handler = (call) => ok(toEndpoint(call.store, readEndpoint(call)));

export const putEndpoint: Handler = (call) => {
  const endpoint = readOwnEndpoint(call);
  const { action, userAvailability, enabled = false } = readBody(call, schema);
  const { accountId } = endpoint.user;
  const settings = settingsOf(call.store, accountId, endpoint.endpointId);
  call.store.media.endpoints.set(endpointKey(accountId, endpoint.endpointId), {
    ...settings,
    userAvailability,
    [action]: enabled,
  });
  tell(call.store, 'endpoint', endpoint, 'changed');
  return accept(call, ok(toEndpoint(call.store, endpoint)));
};
