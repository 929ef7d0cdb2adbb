/** For stories in which one mailbox gets more than a few mails a minute. */
export const MANY_MAILS = { MAILS_PER_RECIPIENT: '100', MAILS_PER_RECIPIENT_HOURLY: '1000' };
