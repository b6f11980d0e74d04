import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddress from 'proxy-addr';

/** Whether an address belongs to one of some networks. */
export type IsWithin = (address: string) => boolean;

/** Throws for what is neither an IP address nor a network as CIDR writes it, nor `loopback`, `linklocal` or `uniquelocal`. */
export const createIsWithin = (networks: readonly string[]): IsWithin => {
  const contains = proxyAddress.compile([...networks]);
  return (address) => contains(address, 0);
};

/** Where a request came from, as a plain IP address where it is one; empty once nobody can tell, because the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string;

/** Some proxies write the port as well, and brackets around an IPv6 address. */
const withoutPort = (text: string): string =>
  text
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+(?:\.\d+){3}):\d+$/, '$1');

/**
 * The address of whoever sent a request: of the connection, or, where that is one of our own proxies, what the last of them
 * says in `X-Forwarded-For`. Anybody can write that header, so that what others say there counts for nothing; it may also
 * be a proxy that nobody named, whose clients are all one then: `onStranger` is told its address.
 */
export const createClientAddress = (
  trustedProxies: readonly string[],
  onStranger: (address: string) => void = () => undefined,
): ClientAddress => {
  const isTrusted = createIsWithin(trustedProxies);
  return ({ socket: { remoteAddress = '' }, headers }) => {
    const given = headers['x-forwarded-for'];
    if (given === undefined || remoteAddress === '') return remoteAddress;
    if (!isTrusted(remoteAddress)) {
      onStranger(remoteAddress);
      return remoteAddress;
    }
    const passedOn = [...String(given).split(',').map(withoutPort), remoteAddress].filter(
      (one) => one !== '',
    );
    return passedOn.findLast((address) => !isTrusted(address)) ?? passedOn[0] ?? remoteAddress;
  };
};

/** The eight groups of an IPv6 address, as short as they can be written. */
const groupsOf = (address: string): readonly string[] => {
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [before = [], after = []] = plain.split('::').map((half) => (half === '' ? [] : half.split(':')));
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...zeros, ...after];
};

/** What stands before an IPv4 address that is written as one of IPv6: as such, and for those who have IPv6 alone. */
const EMBEDDED = /^(0:0:0:0:0:ffff|64:ff9b:0:0:0:0):([\da-f]+):([\da-f]+)$/;

const toIPv4 = (high: string, low: string): string =>
  [high, low]
    .flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255])
    .join('.');

/**
 * What counts as one client by its address: an IPv4 address, or the first half of an IPv6 address. Whoever has one IPv6
 * address has all 2^64 that begin with the same half.
 */
export const toSource = (address: string): string => {
  if (!isIPv6(address)) return address.toLowerCase();
  const groups = groupsOf(address.replace(/%.*$/, ''));
  const [, , high, low] = EMBEDDED.exec(groups.join(':')) ?? [];
  return high !== undefined && low !== undefined ? toIPv4(high, low) : `${groups.slice(0, 4).join(':')}::/64`;
};
