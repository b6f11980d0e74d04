import type { ExecutionResult } from 'graphql';
import { expect, it } from 'vitest';
import { createEventMemory } from '../../src/live/event-memory.ts';

const keep = () => true;
const answer = (text: string) => async (): Promise<ExecutionResult> => ({ data: { text } });

it('an event is answered once for all of a group, and anew for another', async () => {
  const memory = createEventMemory();
  const [one, other, stranger] = [memory.enter('a'), memory.enter('a'), memory.enter('b')];
  const first = await one.once('event', answer('first'), keep);
  expect(await other.once('event', answer('second'), keep)).toBe(first);
  expect(await stranger.once('event', answer('third'), keep)).toEqual({ data: { text: 'third' } });
});

it('whoever has left leaves nothing to those who come later, and is told that nobody waits', async () => {
  const memory = createEventMemory();
  const gone = memory.enter('a');
  gone.leave();
  const isOver = Promise.withResolvers<boolean>();
  const late = async (until: AbortSignal): Promise<ExecutionResult> => {
    isOver.resolve(until.aborted);
    return { data: { text: 'late' } };
  };
  await gone.once('event', late, keep);
  expect(await isOver.promise).toBe(true);
  const next = memory.enter('a');
  expect(await next.once('event', answer('new'), keep)).toEqual({ data: { text: 'new' } });
});
