/** Whether an address, as a socket tells it, is this machine: 127.0.0.0/8, also mapped to IPv6, or ::1. */
export const isLoopbackAddress = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address));

/** The host of a URL as the browser reads it, so that no spelling of an address is another one. */
const isLoopbackUrl = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const hostname = new URL(url).hostname.replace(/\.$/, '');
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''))
  );
};

/** Whether an `Origin` header names a page served from this machine. `null` and whatever is no URL do not. */
export const isLoopbackOrigin = (origin: string): boolean => isLoopbackUrl(origin);

/** Whether a `Host` header names this machine: localhost, a name below it, or a loopback address, with any port. */
export const isLoopbackHost = (host: string): boolean =>
  !/[/?#@\\]/.test(host) && isLoopbackUrl(`http://${host}`);
