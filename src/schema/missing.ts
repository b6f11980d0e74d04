import { UpstreamError } from '../upstream/errors.ts';

/**
 * What a loader gives for a key that upstream does not know: an error, because a reference that leads nowhere is one. A
 * lookup by id turns it into null again.
 */
export const orMissing =
  (message: string, platform: 'cloudlink' | 'subscriber' = 'cloudlink') =>
  <Model>(result: Model | null | Error): Model | Error =>
    result ?? new UpstreamError({ code: 'NOT_FOUND', platform, message: `${message}.` });
