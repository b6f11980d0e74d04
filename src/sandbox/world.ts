import { createClock, type Clock } from './clock.ts';
import { createCompany, DEFAULT_CALLS, DEFAULT_PEOPLE, type Company } from './company.ts';
import type { Incoming, Platform, PlatformOptions } from './exchange.ts';
import { defaultSwitches, type Switches } from './switches.ts';
import { createWebhookSender, type WebhookSender } from './webhook/sender.ts';

/** The most people an account is made with; more is a slip of the hand. */
export const MAX_USERS = 100_000;

/** The most calls an account is made with. */
export const MAX_CALLS = 1_000_000;

/** A platform before it runs, under the name the request log and the faults know it by. */
export interface PlatformKind {
  readonly name: string;
  /** Where it is found, for people: told where a request finds nothing. */
  readonly prefixes: readonly string[];
  readonly create: (options: PlatformOptions) => Platform;
}

export interface WorldOptions {
  /** How many people the first account has. */
  readonly users?: number;
  /** How many finished calls each account has. */
  readonly calls?: number;
  readonly switches?: Partial<Switches>;
  readonly platforms: readonly PlatformKind[];
}

/** The pretend world: its clock, its quirks and its two platforms. */
export interface World {
  readonly clock: Clock;
  /** Live: platforms read it at each request. */
  readonly switches: Switches;
  readonly platforms: readonly PlatformKind[];
  readonly running: readonly { readonly name: string; readonly platform: Platform }[];
  readonly sender: WebhookSender;
  company(): Company;
  platformFor(incoming: Incoming): { readonly name: string; readonly platform: Platform } | undefined;
  /** Lets happen what is due by the clock, for whoever only listens. */
  advance(): void;
  /** Back to the first day and the switches of the start, save for what is given here. */
  reset(changes?: Pick<WorldOptions, 'users' | 'calls' | 'switches'>): void;
}

export const createWorld = ({
  users = DEFAULT_PEOPLE,
  calls = DEFAULT_CALLS,
  switches: given,
  platforms,
}: WorldOptions): World => {
  const clock = createClock();
  const switches = { ...defaultSwitches, ...given };
  const sender = createWebhookSender({ clock, switches });
  const running = platforms.map(({ name, create }) => ({
    name,
    platform: create({ clock, switches, sender }),
  }));
  let company = createCompany(users, calls);

  const reset: World['reset'] = (changes = {}) => {
    sender.stop();
    clock.reset();
    Object.assign(switches, defaultSwitches, given, changes.switches);
    company = createCompany(changes.users ?? users, changes.calls ?? calls);
    for (const { platform } of running) platform.reset(company);
  };

  reset();
  return {
    clock,
    switches,
    platforms,
    running,
    sender,
    company: () => company,
    platformFor: (incoming) => running.find(({ platform }) => platform.accepts(incoming)),
    advance: () => {
      for (const { platform } of running) platform.advance();
    },
    reset,
  };
};
