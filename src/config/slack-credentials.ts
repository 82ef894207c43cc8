import { z } from 'zod';

/** `xoxb-…` */
export const botToken = z
  .string()
  .refine((text) => !text.startsWith('xapp-'), { message: 'is an app-level token', abort: true })
  .refine((text) => !/^xox[^b]-/.test(text), { message: "is not a bot's token", abort: true })
  .regex(/^xoxb-[\w.-]+$/, 'does not look like a bot token');

/** `xapp-…` */
export const appToken = z
  .string()
  .refine((text) => !/^xox[a-z]-/.test(text), { message: 'is not an app-level token', abort: true })
  .regex(/^xapp-[\w.-]+$/, 'does not look like an app-level token');

/**
 * Slack's secrets have 32 hex digits today, but their format is not documented, so only values that can't be a secret
 * are refused.
 */
export const signingSecret = z
  .string()
  .regex(/^\S+$/, { message: 'has spaces in it', abort: true })
  .refine((text) => !/^x(?:ox|app)/.test(text), { message: 'is a token', abort: true })
  .regex(/^[A-Za-z0-9]{16,}$/, 'does not look like a signing secret: Slack’s have 32 hex digits');

/** The base URL of the Web API; a slash is added at the end if there is none. */
export const apiUrl = z
  .string()
  .refine((text) => URL.canParse(text), { message: 'is not an address', abort: true })
  .transform((text) => new URL(text))
  .refine((url) => /^https?:$/.test(url.protocol), 'is neither http:// nor https://')
  .refine((url) => !url.username && !url.password, 'has credentials in it')
  .refine((url) => !url.search && !url.hash, 'has a query or a fragment')
  .transform((url) => (url.href.endsWith('/') ? url.href : `${url.href}/`));
