import { randomBytes } from 'node:crypto';
import { fieldsOf, readGrantBody } from './grant-body.ts';
import type { OpenHandler } from './service.ts';
import { created } from './service.ts';
import { signIn } from './sign-in.ts';
import { validate } from './validation.ts';

const LIFETIME_MS = 60_000;

const fields = fieldsOf(
  ['response_type', 'client_id', 'username', 'password'],
  ['account_id', 'client_secret', 'redirect_uri'],
);
const schema: typeof fields = {
  ...fields,
  properties: { ...fields.properties, response_type: { type: 'string', enum: ['code'] } },
};

/** `POST /authorize`: a code for a password, good once and for a minute (facts §2.3). */
export const postAuthorize: OpenHandler = (call) => {
  const { store, clock, limiter } = call;
  const credentials = validate(schema, readGrantBody(call));
  limiter.admit(credentials.username);
  const { user, account } = signIn(store, credentials);
  for (const [old, { expires }] of store.grants) if (expires <= clock.now()) store.grants.delete(old);
  const code = randomBytes(24).toString('base64url');
  store.grants.set(code, {
    clientId: credentials.client_id,
    userId: user.userId,
    accountId: account.accountId,
    expires: clock.now() + LIFETIME_MS,
  });
  return created({ code });
};
