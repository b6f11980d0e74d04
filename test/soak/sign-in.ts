import { PASSWORD } from '../../src/sandbox/company.ts';

const CLOUDLINK = `cloudlink: { username: "ada@example.test", password: "${PASSWORD}", accountId: "100200300" }`;
const SUBSCRIBER = `subscriber: { username: "1001@acme.12345.service", password: "${PASSWORD}" }`;
const toMutation = (...parts: readonly string[]) =>
  `mutation { signIn(input: { ${parts.join(' ')} }) { sessionToken } }`;

/** Ada signs in on CloudLink alone. */
export const SIGN_IN = toMutation(CLOUDLINK);
/** Ada signs in on both platforms. */
export const SIGN_IN_ON_BOTH = toMutation(CLOUDLINK, SUBSCRIBER);

/** The headers of a new session of Ada's. */
export const signIn = async (
  url: string,
  mutation = SIGN_IN,
): Promise<{ readonly authorization: string }> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: mutation }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { data } = (await response.json()) as { readonly data: { signIn: { sessionToken: string } } };
  return { authorization: `Bearer ${data.signIn.sessionToken}` };
};
