import { isResource, toInteger, toText, type Resource } from '../decode.ts';
import type { Http, UpstreamReply, UpstreamRequest } from '../http.ts';
import { toOurFields } from './refused-field.ts';
import { explain, readResource, unreadable } from './reply.ts';
import { toUser, type User } from './user.ts';
import { userFields, type UserChange } from './user-change.ts';

/** One of many changes that go together. */
export type UserOperation =
  | { readonly op: 'update'; readonly userId: string; readonly change: UserChange }
  | { readonly op: 'delete'; readonly userId: string };

const toOurs = toOurFields(userFields);

const toWire = (operation: UserOperation) =>
  operation.op === 'delete'
    ? { op: 'delete', id: operation.userId }
    : { op: 'update', id: operation.userId, body: operation.change };

const toHeaders = (headers: unknown) =>
  Object.fromEntries(
    Object.entries(isResource(headers) ? headers : {}).map(([name, value]) => [
      name.toLowerCase(),
      toText(value) ?? '',
    ]),
  );

/** The answer to one operation, as if it had been asked for alone. */
const toReply = ({ statusCode, headers, body }: Resource): UpstreamReply => ({
  status: toInteger(statusCode) ?? 0,
  reason: '',
  headers: toHeaders(headers),
  text: JSON.stringify(body ?? {}),
});

/** What became of one operation: the user where it is told, null where it is not, or the error. */
const toOutcome = (
  result: Resource,
  { userId }: UserOperation,
  accountId: string,
  request: UpstreamRequest,
): User | null | Error => {
  const reply = toReply(result);
  if (reply.status < 200) return unreadable(reply, 'a result without its status');
  const error = explain(reply, request);
  if (error !== null) return toOurs(error);
  const body = isResource(result['body']) ? result['body'] : {};
  const told = toText(body['userId']);
  if (told !== null && told !== userId) return unreadable(reply, 'the result of another user');
  return told === null ? null : toUser(body, accountId);
};

/** Changes of users, many in one request (facts §3.8, A-09). */
export const createUserBulk = (admin: Http) => ({
  /**
   * A user, null or an `Error` per operation, in order, each with a result of its own whatever becomes of the others.
   * Throws where the request as a whole failed, or its results cannot be told apart.
   */
  change: async (
    accountId: string,
    operations: readonly UserOperation[],
  ): Promise<readonly (User | null | Error)[]> => {
    const request: UpstreamRequest = {
      method: 'PATCH',
      path: ['accounts', accountId, 'users'],
      json: { operations: operations.map(toWire) },
      effect: 'write',
    };
    const reply = await admin.send(request);
    const { operations: results } = readResource(reply);
    // A result does not say whose it is: its place does.
    if (!Array.isArray(results) || results.length !== operations.length || !results.every(isResource))
      throw unreadable(reply, 'another number of results than there were changes');
    return operations.map((operation, index) =>
      toOutcome(results[index] ?? {}, operation, accountId, request),
    );
  },
});
