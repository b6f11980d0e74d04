import { isAdministrator, maySee, stampChange, stampCreation } from './access.ts';
import { readBody } from './body.ts';
import { Failure, forbidden, notFound } from './failure.ts';
import { flag, readOnly, text } from './field.ts';
import { toCollection, toItem } from './hal.ts';
import type { Call, Handler } from './service.ts';
import { ok } from './service.ts';
import type { Application } from './store.ts';
import type { ObjectSchema } from './validation.ts';

type ApplicationChange = Partial<
  Pick<Application, 'accountId' | 'name' | 'description' | 'redirectUris' | 'active'>
>;

const schema: ObjectSchema<ApplicationChange> = {
  type: 'object',
  properties: {
    ...readOnly('applicationId'),
    accountId: text,
    name: text,
    description: text,
    redirectUris: { type: 'array', items: text },
    active: flag,
  },
};

export const toApplication = (application: Application) =>
  toItem(application, 'applications', application.applicationId);

const isVisible = ({ store, principal }: Call, { accountId }: Application): boolean => {
  const account = store.accounts.get(accountId);
  return account !== undefined && maySee(principal, account);
};

/** Administrators enable applications for accounts they see: their own, or any of their partner. Throws a 403 or 404. */
const requireAccount = ({ store, principal }: Call, accountId: string): void => {
  const account = store.accounts.get(accountId);
  if (account === undefined) throw notFound();
  if (!isAdministrator(principal) || !maySee(principal, account)) throw forbidden();
};

/** `GET /apps`: the applications of the accounts the caller sees. */
export const listApplications: Handler = (call) => {
  const visible = [...call.store.applications.values()].filter((record) => isVisible(call, record));
  return toCollection(call, visible, { show: toApplication });
};

export const getApplication: Handler = (call) => {
  const application = call.store.applications.get(call.parameter('applicationId'));
  if (application === undefined || !isVisible(call, application)) throw notFound();
  return ok(toApplication(application));
};

/** Enables or changes an application (facts §2.1): its id comes from its maker, so it need not be known here. */
export const putApplication: Handler = (call) => {
  const applicationId = call.parameter('applicationId');
  const change = readBody(call, schema);
  const known = call.store.applications.get(applicationId);
  if (known !== undefined && !isVisible(call, known)) throw forbidden();
  const accountId = change.accountId ?? known?.accountId;
  if (accountId === undefined) throw new Failure(400, "data should have required property 'accountId'");
  requireAccount(call, accountId);
  const start = known ?? { applicationId, name: '', active: true, ...stampCreation(call) };
  const application: Application = { ...start, ...change, accountId, ...stampChange(call) };
  call.store.applications.set(applicationId, application);
  return ok(toApplication(application));
};
