import {
  type Environment,
  InvalidSettings,
  readSettings,
  type Settings,
} from '../../config/settings.js';
import { deployFindings } from './deploy-findings.js';
import { type Finding, finding } from './finding.js';

interface JudgedSettings {
  /** Undefined: they cannot be read. */
  readonly settings?: Settings;
  readonly findings: Finding[];
}

/** Reads the settings without refusing the unsafe ones, which are findings instead. */
export function judgeSettings(environment: Environment, deploy: boolean): JudgedSettings {
  const production = environment['NODE_ENV'] === 'production';
  try {
    const settings = readSettings({ ...environment, NODE_ENV: undefined });
    if (!deploy && !production) return { settings, findings: [] };
    const findings = deployFindings(settings);
    return { settings, findings: production ? findings : [...findings, notProduction] };
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    return { findings: error.complaints.map(unreadable) };
  }
}

const notProduction = finding({
  id: 'gatehouse.W001',
  message: 'NODE_ENV is not "production" here, so that unsafe settings would not stop the server',
  advice: 'Set NODE_ENV=production where the server runs.',
});

/** A setting with which the server does not start. */
export const unreadable = (message: string): Finding =>
  finding({
    id: 'gatehouse.E001',
    message,
    advice: '.env.example says what each setting means. The server does not start with this one.',
  });
