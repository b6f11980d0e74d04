/** Whether an address, as a socket tells it, is this machine: 127.0.0.0/8, also mapped to IPv6, or ::1. */
export const isLoopbackAddress = (address: string | undefined): boolean =>
  address !== undefined && (address === '::1' || /^(?:::ffff:)?127\.\d+\.\d+\.\d+$/i.test(address));

/** Whether an `Origin` header names a page served from this machine. `null` and whatever is no URL do not. */
export const isLoopbackOrigin = (origin: string): boolean => {
  if (!URL.canParse(origin)) return false;
  const { hostname } = new URL(origin);
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''))
  );
};
