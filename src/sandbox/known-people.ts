import { CLIENT, PASSCODE, PASSWORD } from './company.ts';
import { RESELLER_LOGIN, SUPER_USER_LOGIN } from './netsapiens/index.ts';

/** Who can sign in, for whoever starts the sandbox. */
export const knownPeople = `Known people (every password is ${PASSWORD}):
  CloudLink  ada@example.test in account 100200300, grace@example.test in account 200300400
  legacy     1001@acme.12345.service, 2001@globex.67890.service;
             with passcode ${PASSCODE}: 1003@acme.12345.service; operators: ${RESELLER_LOGIN}, ${SUPER_USER_LOGIN}
  client     ${CLIENT.id} / ${CLIENT.secret}, on both platforms`;
