import { platformTitle, UpstreamError, type PlatformName } from './errors.ts';

/**
 * What one operation may send upstream: `limit` requests to both platforms together. Whatever would be sent beyond it is
 * refused with COST_LIMIT, and nothing else: what was read is there to be answered.
 */
export const createAllowance = (limit: number): ((platform: PlatformName) => void) => {
  const refusals = new Map<PlatformName, UpstreamError>();
  let left = limit;
  /** The same one each time: however many requests are refused, it is one cause. */
  const refusalOf = (platform: PlatformName) => {
    const known = refusals.get(platform);
    if (known !== undefined) return known;
    const message = `${platformTitle(platform)} was not asked: this operation needs more than the ${limit} upstream requests that one may cost. Ask for less at once.`;
    const refusal = new UpstreamError({ code: 'COST_LIMIT', platform, message });
    refusals.set(platform, refusal);
    return refusal;
  };
  return (platform) => {
    if (left === 0) throw refusalOf(platform);
    left -= 1;
  };
};
