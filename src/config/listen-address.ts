import { isIP } from 'node:net';
import { z } from 'zod';

export const OPS_HOST_EXPECTED =
  'an address of this machine to listen on, such as 127.0.0.1 or ::1, without a port; unset = every interface';

const HOST_NAME = /^(?=.*[A-Za-z])[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;

/** An IP address or a host name. Whether it belongs to this machine is known only when the bot listens on it. */
export const listenAddress = z
  .string()
  .refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), 'is not an IP address or a host name');
