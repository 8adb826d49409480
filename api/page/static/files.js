/** Recordings that are there already: chosen, or dropped anywhere on the page. */

import { byId } from './dom.js';

/** @param {{onFiles: (files: File[]) => void}} options */
export function mountFiles({ onFiles }) {
  const input = byId('files-input');
  input.addEventListener('change', () => {
    onFiles([...input.files]);
    input.value = ''; // so that the same file can be chosen again
  });
  mountDropping(onFiles);
}

function mountDropping(onFiles) {
  const shade = byId('dropping');
  let inside = 0; // entering a child comes before leaving its parent
  const carriesFiles = (event) => event.dataTransfer?.types.includes('Files');
  const show = (more) => {
    inside = Math.max(0, more);
    shade.hidden = inside === 0;
  };
  addEventListener('dragenter', (event) => carriesFiles(event) && show(inside + 1));
  addEventListener('dragleave', (event) => carriesFiles(event) && show(inside - 1));
  addEventListener('dragover', (event) => {
    if (carriesFiles(event)) event.preventDefault();
  });
  addEventListener('drop', (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault(); // else the browser would leave the page for the file
    show(0);
    onFiles([...(event.dataTransfer?.files ?? [])]);
  });
}
