import type { Switches } from '../switches.ts';
import type { Timers } from '../timers.ts';

export interface DisturbanceOptions<Item> {
  readonly switches: Readonly<Switches>;
  readonly timers: Timers;
  readonly release: (item: Item) => void;
}

/** As long as anything is gathered at most. */
export const GATHER_MS = 200;

/** Numbers from 0 to 1 that are the same for the same seed. */
const createRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
};

const shuffle = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);

/**
 * What can befall deliveries on their way, as far as the switches ask for it: doubled, late, in another order. It goes
 * by counting and by a seed, so that the same deliveries meet the same fate.
 */
export const createDisturbance = <Item>({ switches, timers, release }: DisturbanceOptions<Item>) => {
  const random = createRandom(switches.webhookSeed);
  let count = 0;
  let gathered: Item[] = [];

  const isNth = (every: number): boolean => every > 0 && count % every === 0;

  const pass = (item: Item): void => {
    count += 1;
    const copies = isNth(switches.webhookDuplicateEvery) ? [item, item] : [item];
    const send = () => {
      for (const copy of copies) release(copy);
    };
    if (isNth(switches.webhookDelayEvery)) timers.after(switches.webhookDelayMs, send);
    else send();
  };

  const flush = (): void => {
    const items = gathered;
    gathered = [];
    for (const item of shuffle(items, random)) pass(item);
  };

  return (item: Item): void => {
    if (switches.webhookReorder === 0 && gathered.length === 0) return pass(item);
    gathered.push(item);
    if (gathered.length >= switches.webhookReorder) flush();
    else if (gathered.length === 1) timers.after(GATHER_MS, flush);
  };
};
