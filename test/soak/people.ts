import { createCompany, PASSWORD } from '../../src/sandbox/company.ts';

/** Somebody of the first account, with a token of CloudLink's and a telephone. */
export interface Someone {
  /** The headers that pass the token through. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly extension: string;
}

const AT_A_TIME = 20;
const ACCOUNT = '100200300';
const [acme] = createCompany().accounts;

/** So many people have to be in the sandbox for so many of them to be told apart: some have no telephone, or no login. */
export const sandboxSize = (count: number): number => count + 44;

/** So many people of a sandbox that has enough of them, each signed in. */
export const findPeople = async (sandboxUrl: string, count: number): Promise<readonly Someone[]> => {
  const signIn = async (username: string, extension: string): Promise<Someone> => {
    const form = { grant_type: 'password', username, password: PASSWORD, account_id: ACCOUNT };
    const response = await fetch(`${sandboxUrl}/authentication/2017-09-01/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    });
    if (!response.ok) throw new Error(await response.text());
    const { access_token: token } = (await response.json()) as { readonly access_token: string };
    return { credentials: { authorization: `Bearer ${token}` }, extension };
  };
  const chosen = createCompany(sandboxSize(count))
    .people.filter(({ accountId }) => accountId === acme?.accountId)
    .flatMap(({ cloudlink }) => (cloudlink?.login === true && cloudlink.extension !== '' ? [cloudlink] : []))
    .slice(0, count);
  if (chosen.length < count) throw new Error(`the sandbox has ${chosen.length} people with telephones`);
  const people: Someone[] = [];
  for (let from = 0; from < count; from += AT_A_TIME)
    people.push(
      ...(await Promise.all(
        chosen.slice(from, from + AT_A_TIME).map(({ email, extension }) => signIn(email, extension)),
      )),
    );
  return people;
};
