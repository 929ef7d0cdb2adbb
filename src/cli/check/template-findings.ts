import { InvalidSettings, type Settings } from '../../config/settings.js';
import { MailRenderer } from '../../mail/mail-renderer.js';
import { type Finding } from './finding.js';
import { unreadable } from './settings-findings.js';

/** What is wrong with the mail templates of the team (`MAIL_TEMPLATES`). */
export async function templateFindings(settings: Settings): Promise<Finding[]> {
  try {
    await new MailRenderer(settings).onModuleInit();
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    return error.complaints.map(unreadable);
  }
}
