import type { TestRedis } from './redis.ts';

/** A lease that somebody holds. */
export interface HeldLease {
  /** Stays the same for as long as the same process holds it. */
  readonly holder: string;
  /** How long it is held if nobody renews it. */
  readonly leftMs: number;
}

const LEASES = `
  local held = {}
  for _, key in ipairs(redis.call('KEYS', 'clgw:lease:*')) do
    table.insert(held, key .. ' ' .. tostring(redis.pcall('GET', key)) .. ' ' .. redis.call('PTTL', key))
  end
  return table.concat(held, '\\n')`;

/** All leases that are held now. */
export const readLeases = async (redis: TestRedis): Promise<ReadonlyMap<string, HeldLease>> => {
  const reply = await redis.command('EVAL', LEASES, '0');
  const [, ...lines] = reply.split(/\r?\n/);
  return new Map(
    lines.flatMap((line) => {
      const [key, holder, left] = line.split(' ');
      return key === undefined || holder === undefined ? [] : [[key, { holder, leftMs: Number(left) }]];
    }),
  );
};

/** The leases of `before` that nobody has, or that are still whose they were. */
export const notTakenOver = (
  before: ReadonlyMap<string, HeldLease>,
  now: ReadonlyMap<string, HeldLease>,
): readonly string[] =>
  [...before.keys()].filter((key) => [undefined, before.get(key)?.holder].includes(now.get(key)?.holder));

/** A lease that came into other hands because it had run out, and not because it was given up. */
export interface Takeover {
  /** When the former holder was last seen to renew it. */
  readonly renewedAt: number;
  readonly at: number;
}

/** Less than this is left of a lease that has run out between two looks. */
const RUN_OUT_MS = 150;

/** Finds takeovers in what is seen of the leases, look by look. */
export const createTakeoverWatch = () => {
  const seen = new Map<string, HeldLease & { readonly renewedAt: number; readonly seenAt: number }>();
  return (leases: ReadonlyMap<string, HeldLease>): readonly Takeover[] => {
    const now = performance.now();
    const found: Takeover[] = [];
    for (const [key, lease] of leases) {
      const known = seen.get(key);
      const isSame = known?.holder === lease.holder;
      const hasRunOut = known !== undefined && known.leftMs - (now - known.seenAt) < RUN_OUT_MS;
      if (!isSame && hasRunOut) found.push({ renewedAt: known.renewedAt, at: now });
      const isRenewed = !isSame || lease.leftMs > known.leftMs;
      seen.set(key, { ...lease, renewedAt: isRenewed ? now : known.renewedAt, seenAt: now });
    }
    return found;
  };
};
