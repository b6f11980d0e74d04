import type { LoggedRequest } from '../../src/sandbox/requests.ts';

const readActions: ReadonlySet<string | undefined> = new Set(['read', 'list', 'count']);

/** Whether a request has an effect: by its verb in CloudLink, by its action on the legacy platform. */
export const isWrite = ({ method, object, action }: LoggedRequest): boolean =>
  object === undefined ? method !== 'GET' : !readActions.has(action);
