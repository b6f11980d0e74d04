import type { IncomingMessage } from 'node:http';
import proxyAddress from 'proxy-addr';

/** Whether an address belongs to one of some networks. */
export type IsWithin = (address: string) => boolean;

/** Throws for what is neither an IP address nor a network as CIDR writes it, nor `loopback`, `linklocal` or `uniquelocal`. */
export const createIsWithin = (networks: readonly string[]): IsWithin => {
  const contains = proxyAddress.compile([...networks]);
  return (address) => contains(address, 0);
};

/** Where a request came from; empty once nobody can tell, because the connection is gone. */
export type ClientAddress = (request: IncomingMessage) => string;

/**
 * The address of whoever sent a request: of the connection, or, where that is one of our own proxies, what the last of them
 * says in `X-Forwarded-For`. Anybody can write that header, so that what others say there counts for nothing.
 */
export const createClientAddress = (trustedProxies: readonly string[]): ClientAddress => {
  const isTrusted = createIsWithin(trustedProxies);
  return (request) => (request.socket.remoteAddress === undefined ? '' : proxyAddress(request, isTrusted));
};

/** The groups of one half of an IPv6 address around its `::`. */
const groupsOf = (half: string): readonly string[] => (half === '' ? [] : half.split(':'));

/**
 * What counts as one client by its address: an IPv4 address, or the first half of an IPv6 address. Whoever has one IPv6
 * address has all 2^64 that begin with the same half.
 */
export const toSource = (address: string): string => {
  const plain = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
  if (!plain.includes(':')) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const [before, after] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
};
