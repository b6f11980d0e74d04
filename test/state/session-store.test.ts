import { describe, expect, it } from 'vitest';
import { createMemorySessionStore, type Session } from '../../src/state/session-store.ts';
import { forms } from '../helpers/state.ts';

const later = () => Date.now() + 60_000;
const session = (accessToken: string): Session => ({
  cloudlink: {
    accessToken,
    refreshToken: null,
    expiresAt: later(),
    renewAt: later(),
    refreshExpiresAt: null,
  },
  subscriber: null,
});

describe.each(forms)('a session store $form', ({ isMissing, open }) => {
  it.skipIf(isMissing)('gives back what was kept, until it ends', async () => {
    const { sessions: store } = await (await open()).open();
    await store.write('a', session('1'), later());
    await store.write('b', session('2'), Date.now());
    expect((await store.read('a'))?.cloudlink?.accessToken).toBe('1');
    expect(await store.read('b')).toBeNull();
    expect(await store.read('c')).toBeNull();
  });

  it.skipIf(isMissing)(
    'changes a session in one step, so that two changes at once are both kept',
    async () => {
      const { sessions: store } = await (await open()).open();
      const both: Session = { ...session('1'), subscriber: null };
      await store.write('a', both, later());
      const identity = {
        uid: 'u',
        login: null,
        name: null,
        domain: null,
        territory: null,
        scope: null,
        apiVersion: null,
        expiresAt: new Date(later()),
      };
      const subscriber = {
        accessToken: '3',
        refreshToken: null,
        refreshExpiresAt: later(),
        expiresAt: later(),
        renewAt: later(),
        identity,
      };
      await Promise.all([
        store.update('a', (known) => ({
          session: { ...known, ...session('2'), subscriber: known.subscriber },
          expiresAt: later(),
        })),
        store.update('a', (known) => ({ session: { ...known, subscriber }, expiresAt: later() })),
      ]);
      const changed = await store.read('a');
      expect([changed?.cloudlink?.accessToken, changed?.subscriber?.accessToken]).toEqual(['2', '3']);
    },
  );

  it.skipIf(isMissing)('does not bring a removed or an ended session back', async () => {
    const { sessions: store } = await (await open()).open();
    await store.write('a', session('1'), later());
    await store.write('b', session('1'), Date.now());
    await store.remove('a');
    for (const key of ['a', 'b', 'c']) {
      expect(await store.update(key, (known) => ({ session: known, expiresAt: later() }))).toBeNull();
      expect(await store.read(key)).toBeNull();
    }
  });

  it.skipIf(isMissing)('never loses one of many changes at once, made by several instances', async () => {
    const states = await open();
    const stores = await Promise.all([states.open(), states.open(), states.open()]);
    await stores[0].sessions.write('a', session('0'), later());
    const add = (known: Session) => session(String(Number(known.cloudlink?.accessToken) + 1));
    await Promise.all(
      Array.from({ length: 24 }, (_, index) =>
        stores[index % 3]!.sessions.update('a', (known) => ({ session: add(known), expiresAt: later() })),
      ),
    );
    expect((await stores[2].sessions.read('a'))?.cloudlink?.accessToken).toBe('24');
  });
});

it('makes room by dropping what has ended first, and then the one that was not written to for longest', async () => {
  const store = createMemorySessionStore(3);
  const keys = async () => {
    const found = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map(async (key) => ((await store.read(key)) === null ? '' : key)),
    );
    return found.join('');
  };
  await store.write('a', session('1'), later());
  await store.write('b', session('1'), Date.now());
  await store.write('c', session('1'), later());
  await store.write('d', session('1'), later());
  expect(await keys()).toBe('acd');
  await store.write('a', session('2'), later());
  await store.write('e', session('1'), later());
  expect(await keys()).toBe('ade');
  await store.update('d', (known) => ({ session: known, expiresAt: later() }));
  await store.write('f', session('1'), later());
  expect(await keys()).toBe('def');
});
