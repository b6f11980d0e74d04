import type { CallScenario } from './call-scenario.ts';
import type { Company } from './company.ts';
import { callSteps, type CallStep } from './exchange.ts';
import { createTimers } from './timers.ts';
import type { World } from './world.ts';

/** A call that is being played. */
export interface Playing {
  /** What each platform calls it, by the platform's name; whoever has nobody in it is missing. */
  readonly ids: Readonly<Record<string, unknown>>;
  /** Kept once the last step is done, or the simulator stopped. */
  readonly done: Promise<void>;
}

/** Plays calls on all platforms at once, with the pauses that they have in life. */
export interface Simulator {
  play(scenario: CallScenario): Playing;
  /** Begins the traffic, where there is to be any. */
  start(): void;
  /** Ends everything that is played, traffic too; calls stay as they are. */
  stop(): void;
}

const TRAFFIC_STEP_MS = 1500;
const CALLERS = ['+12125550188', '+14155550123', '+442079460018'];
const EVERY_THIRD = 3;

/** The next call of an ordinary day: by turns somebody from outside and a colleague, now and then in vain. */
const toNextCall = (company: Company, index: number): CallScenario | undefined => {
  const [account] = company.accounts;
  const people = company.people.filter(
    ({ domain, cloudlink, legacy }) =>
      domain === account?.domain && legacy !== undefined && (cloudlink?.extension ?? '') !== '',
  );
  const [first, ...others] = people;
  const other = others[index % Math.max(others.length, 1)];
  if (account === undefined || first === undefined || other === undefined) return undefined;
  const toSide = (person: typeof first) => ({
    number: person.extension,
    name: `${person.firstName} ${person.lastName}`,
    person,
  });
  const outside = { number: CALLERS[index % CALLERS.length] ?? '', name: '', person: null };
  const isMissed = index % EVERY_THIRD === EVERY_THIRD - 1;
  const steps: readonly CallStep[] = isMissed ? ['completed'] : callSteps;
  return {
    call: {
      account,
      from: index % 2 === 0 ? outside : toSide(other),
      to: toSide(first),
      isRecorded: !isMissed,
    },
    steps,
    stepMs: TRAFFIC_STEP_MS,
  };
};

/** `trafficMs`: every so often somebody calls somebody; 0 leaves the telephones alone. */
export const createSimulator = (world: World, trafficMs: number): Simulator => {
  const timers = createTimers();
  let finishAll = new Set<() => void>();
  let trafficCount = 0;

  const play: Simulator['play'] = ({ call, steps, stepMs }) => {
    const begun = world.running.flatMap(({ name, platform }) => {
      const running = platform.beginCall(call);
      return running === undefined ? [] : [{ name, running }];
    });
    const { promise: done, resolve } = Promise.withResolvers<undefined>();
    const finish = () => {
      finishAll.delete(finish);
      resolve(undefined);
    };
    finishAll.add(finish);
    const go = (position: number): void => {
      const step = steps[position];
      if (step === undefined) return finish();
      for (const { running } of begun) running.move(step);
      next(position + 1);
    };
    const next = (position: number): void => {
      if (stepMs > 0 && position < steps.length) timers.after(stepMs, () => go(position));
      else go(position);
    };
    next(0);
    return { ids: Object.fromEntries(begun.map(({ name, running }) => [name, running.ids])), done };
  };

  const start = (): void => {
    if (trafficMs === 0) return;
    const scenario = toNextCall(world.company(), trafficCount);
    trafficCount += 1;
    if (scenario !== undefined) play(scenario);
    timers.after(trafficMs, start);
  };

  return {
    play,
    start,
    stop: () => {
      timers.clear();
      const waiting = finishAll;
      finishAll = new Set();
      for (const finish of waiting) finish();
    },
  };
};
