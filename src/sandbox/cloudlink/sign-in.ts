import type { Session } from './claim.ts';
import { Failure, unauthorized } from './failure.ts';
import type { Account, Client, Store, User } from './store.ts';
import { clientKey } from './store.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly account_id?: string;
  readonly client_id?: string;
  readonly client_secret?: string;
}

const refused = (): Failure => new Failure(401, 'Invalid credentials');

/** An account by its number or its GUID (facts §2.2). Anything else, a partner id too, gives a bare 401. */
export const findAccountByName = (store: Store, name: string): Account => {
  const found =
    store.accounts.get(name) ??
    [...store.accounts.values()].find(({ accountNumber }) => accountNumber === name);
  if (found === undefined) throw unauthorized();
  return found;
};

/** Whether somebody may sign in to an account: their own, or any of the partner for the partner's admin. */
const mayEnter = (store: Store, user: User, account: Account): boolean => {
  if (user.accountId === account.accountId) return true;
  return user.role === 'PARTNER_ADMIN' && store.accounts.get(user.accountId)?.partnerId === account.partnerId;
};

/** The client of this id in this account; with a secret, it has to be the right one. Throws a 401. */
export const findClient = (store: Store, accountId: string, clientId: string, secret?: string): Client => {
  const client = store.clients.get(clientKey(accountId, clientId));
  if (client === undefined || (secret !== undefined && secret !== client.clientSecret))
    throw new Failure(401, 'Invalid client');
  return client;
};

/** The session of a user in an account, as long as both exist and belong together. Throws a 401. */
export const openSession = (store: Store, userId: string, accountId: string): Session => {
  const user = store.users.get(userId);
  const account = store.accounts.get(accountId);
  if (user === undefined || account === undefined || !mayEnter(store, user, account)) throw refused();
  return { user, account };
};

const findSession = (store: Store, candidates: readonly User[], accountName: string | undefined): Session => {
  const [first, second] = candidates;
  if (accountName !== undefined) {
    const account = findAccountByName(store, accountName);
    // Their record in that account comes before a partner's right to enter it.
    const own = candidates.find(({ accountId }) => accountId === account.accountId);
    const user = own ?? candidates.find((candidate) => mayEnter(store, candidate, account));
    if (user === undefined) throw refused();
    return { user, account };
  }
  if (first === undefined) throw refused();
  if (second !== undefined) throw new Failure(400, "data should have required property 'account_id'");
  return openSession(store, first.userId, first.accountId);
};

/**
 * Signs somebody in by e-mail and password. `account_id` is needed only by who is in several accounts.
 * Throws a 401 for anything that is wrong, without saying which part was.
 */
export const signIn = (store: Store, credentials: Credentials): Session => {
  const email = credentials.username.toLowerCase();
  if (store.logins.get(email) !== credentials.password) throw refused();
  const candidates = [...store.users.values()].filter((user) => user.email.toLowerCase() === email);
  const session = findSession(store, candidates, credentials.account_id);
  const { client_id: clientId, client_secret: secret } = credentials;
  if (clientId !== undefined || secret !== undefined)
    findClient(store, session.account.accountId, clientId ?? '', secret);
  return session;
};
