import { InvalidSettings } from '../config/settings.js';

/** A template with which the server does not start. */
export class TemplateError extends InvalidSettings {
  constructor(path: string, complaint: string) {
    super([`MAIL_TEMPLATES: ${path} ${complaint}`]);
  }
}
