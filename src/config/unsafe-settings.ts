import type { Settings } from './settings.js';

/** What makes these settings unfit for production, a line each. The server then refuses to start. */
export function unsafeSettings(settings: Settings): string[] {
  const complaints: string[] = [];
  if (!settings.secretKeys?.length) complaints.push('SECRET_KEYS must be set in production');
  if (!settings.publicUrl.startsWith('https://')) {
    complaints.push('PUBLIC_URL must start with https:// in production');
  }
  if (!settings.verifyUrl.startsWith('https://')) {
    complaints.push('VERIFY_URL must start with https:// in production');
  }
  if (settings.corsOrigins.some((origin) => !origin.startsWith('https://'))) {
    complaints.push('CORS_ORIGINS must all start with https:// in production');
  }
  if (settings.passwordMinLength < 8) {
    complaints.push('PASSWORD_MIN_LENGTH must be at least 8 in production');
  }
  return complaints;
}
