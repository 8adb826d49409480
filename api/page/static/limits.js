/** The service's limits, which it has written into the page, in words. */

import { megabytes, seconds, t } from './words.js';

const { maxAudioS, maxUploadBytes, resultTtlS } = document.documentElement.dataset;

/** Of one recording, seconds. */
export const MAX_AUDIO_S = Number(maxAudioS);
/** Of one recording's file. */
export const MAX_UPLOAD_BYTES = Number(maxUploadBytes);

/** Values for words that tell of limits. */
export const LIMITS = {
  duration: () => seconds(MAX_AUDIO_S),
  size: () => megabytes(MAX_UPLOAD_BYTES),
  hours: () => t('page.hours', { count: Math.round(Number(resultTtlS) / 360) / 10 }),
};
