import type { PlatformName } from './errors.ts';

/**
 * The headers by which the platforms know this application: an honest `User-Agent` for both, and CloudLink's
 * `X-Mitel-App` (cloudlink facts §3.1).
 */
export const identifyApp = (
  { name, version }: { readonly name: string; readonly version: string },
  platform: PlatformName,
): Readonly<Record<string, string>> => ({
  'user-agent': `${name}/${version}`,
  ...(platform === 'cloudlink' && {
    'x-mitel-app': `app=${name}/${version};platform=node/${process.versions.node};session=${process.pid};`,
  }),
});
