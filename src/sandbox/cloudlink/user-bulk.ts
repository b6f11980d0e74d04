import { randomUUID } from 'node:crypto';
import { findAccount, ownedBy } from './access.ts';
import { readBody } from './body.ts';
import { Failure } from './failure.ts';
import { text } from './field.ts';
import { toItem } from './hal.ts';
import type { Answer } from './answer.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import { requireWriter } from './user-access.ts';
import { changeUser, removeUser, userSchema } from './user.ts';
import type { ObjectSchema } from './validation.ts';
import { validate } from './validation.ts';

interface Operation {
  readonly op: 'update' | 'delete';
  readonly id: string;
  readonly body?: unknown;
}

// The verbs and the limit are A-09.
const operation: ObjectSchema<Operation> = {
  type: 'object',
  properties: { op: { type: 'string', enum: ['update', 'delete'] }, id: text, body: { type: 'any' } },
  required: ['op', 'id'],
};

const schema: ObjectSchema<{ readonly operations: readonly Operation[] }> = {
  type: 'object',
  properties: { operations: { type: 'array', items: operation, maxItems: 100 } },
  required: ['operations'],
};

const run = (call: Call, accountId: string, { op, id, body }: Operation): Answer => {
  const user = ownedBy(accountId, call.store.users.get(id));
  if (op === 'delete') {
    removeUser(call, user);
    return ok({});
  }
  requireWriter(call.principal, user);
  const changed = changeUser(call, user, validate(userSchema, body ?? {}));
  return ok(toItem(changed, 'accounts', accountId, 'users', id));
};

const attempt = (call: Call, accountId: string, operation: Operation): Answer => {
  try {
    return run(call, accountId, operation);
  } catch (error) {
    if (error instanceof Failure) return error.toAnswer();
    throw error;
  }
};

/** Many users in one request, in order: each operation has its own status, the whole is always 200 (facts §3.8). */
export const patchUsers: Handler = (call) => {
  const { accountId } = findAccount(call);
  const { operations } = readBody(call, schema);
  const results = operations.map((operation) => {
    const { status, body } = attempt(call, accountId, operation);
    return { statusCode: status, headers: { 'x-mitel-correlation-id': randomUUID() }, body };
  });
  return ok({ operations: results });
};
