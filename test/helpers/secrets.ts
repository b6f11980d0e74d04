import { expect } from 'vitest';
import { CANARY, CANARY_PIN, CLIENT, PASSCODE, PASSWORD } from '../../src/sandbox/company.ts';
import type { LoggedRequest } from '../../src/sandbox/requests.ts';
import type { TestSandbox } from './sandbox.ts';

const names = '(?:access_token|refresh_token|token|code|client_secret|clientSecret|password|passcode)';

/** How a secret is written where it is meant to be: in JSON, in XML, in a form or an address. */
const forms = [`"${names}"\\s*:\\s*"([^"]+)"`, `<${names}>([^<]+)<`, `(?:^|[?&])${names}=([^&\\s]+)`].map(
  (form) => new RegExp(form, 'g'),
);

const unescape = (text: string) => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
};

/** Every secret that went between the gateway and the platforms in this request and its answer. */
const secretsIn = ({ credential, url, body, answer }: LoggedRequest): readonly string[] => [
  credential ?? '',
  ...[url, body, answer].flatMap((text) =>
    forms.flatMap((form) => [...text.matchAll(form)].map(([, secret = '']) => unescape(secret))),
  ),
];

/** As long as what is typed by hand. */
const SHORT = 6;

/** A secret, and the parts of a JSON Web Token by themselves: all but the header, which every such token has. */
const piecesOf = (secret: string) => [
  secret,
  ...secret
    .split('.')
    .slice(1)
    .filter((part) => part.length >= 20),
];

/** Every form in which a secret could be written down. */
const spellings = (secret: string) => [
  secret,
  Buffer.from(secret).toString('base64'),
  Buffer.from(secret).toString('base64url'),
  Buffer.from(secret).toString('hex'),
  encodeURIComponent(secret),
];

/**
 * Searches texts for the secrets of the sandbox: those in its records, its passwords, every token that it was sent or
 * has answered, from its start to now, and whatever else is `issued` (S8, S9).
 */
export const expectNoSecrets = async (
  texts: readonly string[],
  sandbox: Pick<TestSandbox, 'everyRequest'>,
  issued: readonly string[] = [],
): Promise<void> => {
  const passed = (await sandbox.everyRequest()).flatMap(secretsIn);
  const secrets = [CANARY, CANARY_PIN, CLIENT.secret, PASSWORD, PASSCODE, ...issued, ...passed];
  const worth = new Set(
    secrets
      .filter(({ length }) => length >= 6)
      .flatMap(piecesOf)
      .flatMap(spellings),
  );
  const haystack = texts.join('\n');
  // Six digits also come to stand in a time or an identifier: a secret that short counts where it stands by itself.
  const standsIn = (spelling: string) =>
    spelling.length > SHORT
      ? haystack.includes(spelling)
      : new RegExp(`(?<!\\w)${spelling}(?!\\w)`).test(haystack);
  const found = [...worth].filter(standsIn);
  expect(found, 'secrets in what the gateway answered or logged').toEqual([]);
};
