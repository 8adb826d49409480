/** The page, put together. */

import { byId, make } from './dom.js';
import { mountFiles } from './files.js';
import { remembered, watch } from './jobs.js';
import { follow } from './journey.js';
import { mountKey } from './key.js';
import { LIMITS, MAX_AUDIO_S, MAX_UPLOAD_BYTES } from './limits.js';
import { add, listed, mountList, remove } from './list.js';
import { mountModelCard } from './model-card.js';
import { Recording } from './recording.js';
import { mountRecorder } from './recorder-panel.js';
import { look, mountStatus } from './status.js';
import { LANGUAGES, language, say, setLanguage } from './words.js';

function main() {
  mountLanguages();
  mountKey();
  mountRecorder(byId('recorder'), { limitS: MAX_AUDIO_S, onRecording: addRecorded });
  mountFiles({ onFiles: addFiles });
  mountList();
  say(byId('files-limits'), 'files.limits', LIMITS);
  say(byId('privacy'), 'page.privacy', LIMITS);
  setLanguage();
  restore();
  mountModelCard();
  mountStatus({ isHurried: () => listed().some(({ travels }) => travels) });
}

function addRecorded({ blob, name, durationS }) {
  const card = add(new Recording({ name, at: Date.now(), blob, durationS }));
  card.querySelector('.primary')?.focus({ preventScroll: true });
  reveal(card);
}

function addFiles(files) {
  const cards = files.map(addFile);
  if (cards.length) reveal(cards[cards.length - 1]);
}

/** On a narrow screen the list lies below what is seen. */
function reveal(element) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  element.scrollIntoView({ block: 'nearest', behavior: still ? 'auto' : 'smooth' });
}

function addFile(file) {
  const name = file.name.replace(/\.\w{1,5}$/, '');
  const recording = new Recording({ name, at: Date.now(), blob: file });
  const code = refusal(file);
  if (code) recording.change({ state: 'refused', problem: { code } });
  return add(recording);
}

/** What the service would say, so that nothing is sent in vain. */
function refusal({ size }) {
  if (size > MAX_UPLOAD_BYTES) return 'payload_too_large';
  return size ? null : 'empty_file';
}

function restore() {
  const show = (recording) => {
    add(recording);
    follow(recording);
  };
  remembered().forEach(show);
  watch({
    onAdded: show,
    onRemoved: (jobId) => listed().filter((one) => one.jobId === jobId).forEach(remove),
  });
  document.addEventListener('keychange', () => {
    for (const one of listed()) if (one.jobId && (one.problem || one.state === 'gone')) follow(one);
    look();
  });
}

function mountLanguages() {
  const choices = LANGUAGES.map((tag) => {
    const input = make('input', { type: 'radio', name: 'language', value: tag, class: 'hidden' });
    input.checked = tag === language();
    input.addEventListener('change', () => setLanguage(tag));
    const name = make('span', { lang: tag, words: `page.language.${tag}` });
    return make('label', {}, input, name);
  });
  byId('languages').append(...choices);
}

main();
