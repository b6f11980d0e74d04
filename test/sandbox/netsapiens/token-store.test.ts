import { expect, test } from 'vitest';
import { createClock } from '../../../src/sandbox/clock.ts';
import { createTokenStore, KEPT_TOKENS } from '../../../src/sandbox/netsapiens/token-store.ts';
import { defaultSwitches } from '../../../src/sandbox/switches.ts';

test('the oldest tokens are forgotten when there are too many', () => {
  const store = createTokenStore({ clock: createClock(), switches: defaultSwitches });
  const grant = { uid: 'a@b', scope: 'Basic User', clientId: 'client' };
  const issued = Array.from({ length: KEPT_TOKENS + 1 }, () => store.issue(grant));
  const [first, second] = issued;
  const last = issued.at(-1);
  const finds = (token = '') => typeof store.findAccess(token) === 'object';
  const redeems = (token = '') => typeof store.redeem(token) === 'object';
  expect([first, second, last].map((tokens) => finds(tokens?.accessToken))).toEqual([false, true, true]);
  expect([first, second, last].map((tokens) => redeems(tokens?.refreshToken))).toEqual([false, true, true]);
});
