/** What a path below `/ns-api` leads to. */
export type Address = 'data' | 'token' | 'read' | 'revoke';

const addresses: ReadonlyMap<string, Address> = new Map([
  ['', 'data'],
  ['/index.php', 'data'],
  ['/oauth2/token', 'token'],
  ['/oauth2/read', 'read'],
  ['/oauth2/revoke', 'revoke'],
]);

/** Whether a path belongs to the platform, even if nothing is there. */
export const isPlatformPath = (path: string): boolean => /^\/+ns-api(\/|$)/.test(path);

/** Doubled and closing slashes do not count: clients put them in when they join base and path. */
export const toAddress = (path: string): Address | undefined =>
  addresses.get(
    path
      .replace(/\/{2,}/g, '/')
      .replace(/^\/ns-api/, '')
      .replace(/\/$/, ''),
  );
