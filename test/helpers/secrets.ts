import { expect } from 'vitest';
import { CANARY, CANARY_PIN, CLIENT, PASSCODE, PASSWORD } from '../../src/sandbox/company.ts';
import type { TestSandbox } from './sandbox.ts';

const tokenFields =
  /"(?:access_token|refresh_token|code)"\s*:\s*"([^"]+)"|(?<!\w)(?:access_token|refresh_token|token)=([^&\s]+)/g;

/** Every form in which a secret could be written down. */
const spellings = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];

/**
 * Searches texts for the secrets of the sandbox: those in its records, its passwords, and every token that was sent to
 * it (S8, S9).
 */
export const expectNoSecrets = async (texts: readonly string[], sandbox: TestSandbox): Promise<void> => {
  const requests = await sandbox.requests().catch(() => []);
  const sent = requests.flatMap(({ credential, body, url }) => [
    credential,
    ...[...`${body}&${url}`.matchAll(tokenFields)].map(([, inJson, inForm]) => inJson ?? inForm),
  ]);
  const secrets = [CANARY, CANARY_PIN, CLIENT.secret, PASSWORD, PASSCODE, ...sent].filter(
    (secret): secret is string => typeof secret === 'string' && secret.length >= 6,
  );
  const haystack = texts.join('\n');
  const found = [...new Set(secrets.flatMap(spellings))].filter((spelling) => haystack.includes(spelling));
  expect(found, 'secrets in what the gateway answered or logged').toEqual([]);
};
