import { findAccount, findAdministeredAccount } from './access.ts';
import { readBody } from './body.ts';
import { notFound } from './failure.ts';
import { readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { created, ok } from './service.ts';
import { tell, type Account, type Statement } from './store.ts';
import type { ObjectSchema } from './validation.ts';

/** The name operators use for an account's one policy, in place of its id. */
const OWN_POLICY = 'account';

const schema: ObjectSchema<Statement> = {
  type: 'object',
  properties: {
    ...readOnly(),
    statementId: text,
    effect: text,
    action: { type: 'array', items: text },
    resource: { type: 'array', items: text },
  },
  required: ['statementId', 'effect', 'action', 'resource'],
};

const toPolicy = ({ accountId, policyId, createdOn, createdBy, modifiedOn, modifiedBy }: Account) =>
  toItem(
    { policyId, accountId, name: OWN_POLICY, createdOn, createdBy, modifiedOn, modifiedBy },
    'accounts',
    accountId,
    'policies',
    policyId,
  );

const requirePolicy = (call: Call, account: Account): Account => {
  const named = call.parameter('policyId');
  if (named !== account.policyId && named !== OWN_POLICY) throw notFound();
  return account;
};

const statementsOf = ({ store }: Call, { policyId }: Account): Map<string, Statement> => {
  const found = store.statements.get(policyId) ?? new Map<string, Statement>();
  store.statements.set(policyId, found);
  return found;
};

export const toStatement =
  ({ accountId, policyId }: Account) =>
  (statement: Statement) =>
    toItem(statement, 'accounts', accountId, 'policies', policyId, 'statements', statement.statementId);

export const listPolicies: Handler = (call) => toCollection(call, [findAccount(call)], { show: toPolicy });

export const getPolicy: Handler = (call) => ok(toPolicy(requirePolicy(call, findAccount(call))));

export const listStatements: Handler = (call) => {
  const account = requirePolicy(call, findAccount(call));
  return toCollection(call, [...statementsOf(call, account).values()], { show: toStatement(account) });
};

export const getStatement: Handler = (call) => {
  const account = requirePolicy(call, findAccount(call));
  const statement = statementsOf(call, account).get(call.parameter('statementId'));
  if (statement === undefined) throw notFound();
  return ok(toStatement(account)(statement));
};

/** The caller names the statement, so posting the same one again replaces it. */
export const postStatement: Handler = (call) => {
  const account = requirePolicy(call, findAdministeredAccount(call));
  const statement = readBody(call, schema);
  const statements = statementsOf(call, account);
  const change = statements.has(statement.statementId) ? 'changed' : 'created';
  statements.set(statement.statementId, statement);
  tell(call.store, 'statement', { account, statement }, change);
  return created(toStatement(account)(statement));
};

export const deleteStatement: Handler = (call) => {
  const account = requirePolicy(call, findAdministeredAccount(call));
  const statements = statementsOf(call, account);
  const statement = statements.get(call.parameter('statementId'));
  if (statement === undefined) throw notFound();
  statements.delete(statement.statementId);
  tell(call.store, 'statement', { account, statement }, 'removed');
  return ok({});
};
