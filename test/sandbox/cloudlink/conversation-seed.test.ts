import { describe, expect, it } from 'vitest';
import { createCompany } from '../../../src/sandbox/company.ts';
import { seedStore } from '../../../src/sandbox/cloudlink/seed.ts';
import { embeddedOf, rowsOf, withChat } from './chat.ts';
import { GRACE, acme, itemsOf, CHAT } from './cloudlink.ts';

const NOW = Date.UTC(2026, 10, 2, 9);
const seed = (people?: number, now = NOW) => seedStore(createCompany(people), now);
const inAcme = (store: ReturnType<typeof seed>) =>
  [...store.conversations.values()].filter(({ accountId }) => accountId === acme.accountId);

describe('the seeded conversations', () => {
  it('are sixty of two to eight, and five in the other account', async () => {
    const store = seed();
    const sizes = new Set(inAcme(store).map(({ participants }) => participants.length));
    expect([inAcme(store).length, store.conversations.size]).toEqual([60, 65]);
    expect([...sizes].toSorted((one, other) => one - other)).toEqual([2, 3, 4, 5, 6, 7, 8]);
    const { ask, signIn } = await withChat();
    const grace = await ask('GET', `${CHAT}/conversations`, { token: await signIn(GRACE) });
    expect(grace.body.count).toBe(5);
  });

  it('are the same on every start, and tell their times back from now', () => {
    const told = ({ conversations, messages, presences }: ReturnType<typeof seed>) => ({
      conversations,
      messages,
      presences,
    });
    expect(told(seed())).toEqual(told(seed()));
    const [early, late] = [seed(), seed(undefined, NOW + 3_600_000)];
    const times = (store: typeof early) =>
      [...store.messages.values()].flatMap((messages) =>
        [...messages.values()].map(({ createdOn }) => Date.parse(createdOn)),
      );
    expect(times(late)).toEqual(times(early).map((time) => time + 3_600_000));
    expect(Math.max(...times(early))).toBeLessThan(NOW);
    expect(Math.max(...times(early))).toBeGreaterThan(NOW - 3_600_000);
  });

  it('hold nobody twice, and only messages of participants, in order and after the beginning', () => {
    const store = seed(150);
    for (const { conversationId, participants, createdOn } of store.conversations.values()) {
      const ids = participants.map(({ participantId }) => participantId);
      expect(new Set(ids).size).toBe(ids.length);
      const messages = [...(store.messages.get(conversationId)?.values() ?? [])];
      const times = [createdOn, ...messages.map((message) => message.createdOn)];
      expect(times).toEqual(times.toSorted());
      for (const { createdBy } of messages) expect(ids).toContain(createdBy);
    }
  });

  it('have every type of participant, an action card, unicode and conversations without a name', async () => {
    const { ask } = await withChat();
    const items = itemsOf(await ask('GET', `${CHAT}/conversations?$top=100`));
    const types = items.flatMap((item) =>
      rowsOf(embeddedOf(item, 'participants')).map(({ type }) => String(type)),
    );
    expect([...new Set(types)].toSorted()).toEqual(['CLIENT', 'GUEST', 'SMS', 'USER', 'WORKFLOW']);
    const latest = items.flatMap((item) => rowsOf(embeddedOf(item, 'messages')));
    const card = latest.find(({ contentType }) => contentType === 'application/vnd.mitel.action-card');
    expect(JSON.parse(String(card?.body))).toMatchObject({
      bodyContentType: 'text/html',
      buttons: [{ action: 'post-message' }, { action: 'open-link' }],
    });
    expect(card).toMatchObject({ createdBy: 'parcel-arrival', fallbackText: expect.any(String) });
    expect(items.some(({ name }) => String(name).includes('山田'))).toBe(true);
    expect(items.some((item) => !('name' in item))).toBe(true);
    expect(items.some(({ hidden }) => hidden === true)).toBe(true);
  });
});
