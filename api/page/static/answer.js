/** An answer: the diagnosis, its score, what it means, what makes it doubtful, and why. */

import { request } from './api.js';
import { make } from './dom.js';
import { LIMITS } from './limits.js';
import { modelLink } from './model-card.js';
import { cardOf, referenceOf } from './models.js';
import { createScale } from './scale.js';
import { clock, has, number, percent, say, seconds } from './words.js';

/**
 * @param {any} job one that has succeeded
 * @param {{player: any}} options player: MEDIA's, or null where the sound is gone
 * @returns {{element: HTMLElement, destroy: () => void}}
 */
export function createAnswer(job, { player }) {
  const { result } = job;
  const { diagnosis } = result;
  const scale = make('div', { class: 'scale' });
  const caveat = make('div', { hidden: true });
  const sound = make('section', { class: 'heard' }, make('h4', { words: 'answer.sound' }));
  const element = make(
    'div',
    { class: 'answer' },
    make('h3', { class: 'eyebrow', words: 'answer.heading' }),
    make(
      'p',
      { class: 'diagnosis' },
      make('strong', { words: `answer.${diagnosis}` }),
      make('code', { lang: 'en' }, diagnosis),
    ),
    make(
      'p',
      { class: 'score' },
      make('strong', { words: ['answer.score', { score: () => percent(result.score) }] }),
      make('span', { words: 'answer.score.means' }),
    ),
    scale,
    make('p', { class: 'means', words: `answer.${diagnosis}.means` }),
    caveat,
    warnings(result.warnings),
    sound,
    facts(job),
    make('p', { class: 'small', words: 'page.disclaimer' }),
  );
  const views = [];
  const stop = new AbortController();
  showCard(job, scale, caveat);
  showSound(job, sound, player, stop.signal).then((view) => view && views.push(view));
  return {
    element,
    destroy() {
      stop.abort();
      for (const view of views) view.destroy();
    },
  };
}

/** The scale, and the caveat: both need the model's card. */
async function showCard(job, scale, caveat) {
  const sick = job.result.probabilities.sick;
  scale.append(createScale(sick, null));
  const card = await cardOf(referenceOf(job.model)).catch(() => null);
  if (!card) return;
  scale.replaceChildren(createScale(sick, card));
  if (!card.caveat) return;
  caveat.hidden = false;
  caveat.append(
    make('p', { class: 'small', words: 'answer.caveat' }),
    make('p', { class: 'notice', lang: 'en' }, card.caveat),
  );
}

async function showSound(job, section, player, signal) {
  const note = make('p', { class: 'small', words: 'answer.sound.none' });
  section.append(note);
  if (!job.links.spectrogram) return null;
  say(note, 'answer.sound.loading');
  note.classList.add('loading');
  try {
    const [{ createSoundView }, spectrogram, explanation] = await Promise.all([
      import('./sound-view.js'), // not before it is needed: the page is there sooner
      ...['spectrogram', 'explanation'].map((name) => arrays(job.id, name, signal)),
    ]);
    if (signal.aborted) return null;
    const view = createSoundView({ spectrogram, explanation, player });
    note.replaceWith(view.element);
    return view;
  } catch {
    note.classList.remove('loading');
    say(note, 'answer.sound.failed');
    return null;
  }
}

async function arrays(id, name, signal) {
  const headers = { Accept: 'application/json' };
  const options = { headers, signal, unasked: true };
  const response = await request(`v1/jobs/${id}/${name}.png`, options);
  return response.json();
}

function warnings(codes) {
  if (!codes.length) return null;
  const items = codes.map((code) => {
    const known = has(`warning.${code}`) ? code : 'unknown';
    return make(
      'li',
      {},
      make('strong', { words: [`warning.${known}`, { code }] }),
      make('span', { words: [`warning.${known}.advice`, LIMITS] }),
    );
  });
  return make('ul', { class: 'warnings' }, ...items);
}

function facts(job) {
  const { audio, timings_ms: timings } = job.result;
  const kilohertz = () => number(audio.sample_rate / 1000, { maximumFractionDigits: 1 });
  const format = { format: audio.format.toUpperCase(), rate: kilohertz };
  return make(
    'dl',
    { class: 'facts' },
    fact('answer.model', modelLink(job.model)),
    fact('answer.length', told('answer.value', { value: () => seconds(audio.duration_s) })),
    fact('answer.format', told('answer.format.value', format)),
    fact('answer.time', told('answer.value', { value: () => clock(Date.parse(job.finished_at)) })),
    fact('answer.took', told('answer.took.value', { ms: Math.ceil(timings.total) })),
  );
}

function fact(words, value) {
  return make('div', {}, make('dt', { words }), make('dd', {}, value));
}

function told(key, values) {
  return make('span', { words: [key, values] });
}
