/** What a page loads first. Synthetic shadow comes before everything, as Lightning Experience runs its components. */
import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import Shell from 'page/shell';

document.body.append(createElement('page-shell', { is: Shell }));
